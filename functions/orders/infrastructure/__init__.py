"""How orders reaches its table and the world."""
