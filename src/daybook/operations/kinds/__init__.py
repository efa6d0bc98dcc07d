"""The kinds of operation. Each is a folder here whose package has a `KIND`; nothing else lists them."""
