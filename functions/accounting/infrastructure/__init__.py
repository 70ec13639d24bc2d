"""How accounting reaches its table and the world."""
