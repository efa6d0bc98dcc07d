"""Notifications that come in: what they say, and what is made of them."""
