"""Bulk operations: batches of changes to a marketplace, each with its status, its times and its reason."""
