"""Notifications: destinations and what they receive, signed, in the formats that receivers know."""
