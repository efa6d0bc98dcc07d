"""Files of rows, read as they come: blocks, lines, tables, and the prices in them."""
