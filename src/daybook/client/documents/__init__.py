"""A report's document: fetched, unpacked, decoded, and given out as a file, as rows, or as Arrow batches."""
