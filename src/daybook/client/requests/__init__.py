"""Asking for reports, waiting for their end, and telling why one ended as it did."""
