"""Report documents: bytes in an object store, compressed as they are written, fetched by links of our own, swept."""
