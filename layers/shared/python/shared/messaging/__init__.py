"""How messages leave a table, reach a handler, and take effect once."""
