"""Files of operations: CSV, TSV, NDJSON and JSON, plain or gzip, read as a stream in constant memory."""
