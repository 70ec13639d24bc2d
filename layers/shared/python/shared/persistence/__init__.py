"""One table, one kind of write."""
