"""One call of an operation: its token, its turn, its retries, and the record of it."""
