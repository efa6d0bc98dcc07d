"""Walmart, as far as Daybook speaks to it: the reports that a seller has asked for there."""
