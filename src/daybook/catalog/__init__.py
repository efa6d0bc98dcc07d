"""What a seller sells: items, and how they are read from files."""
