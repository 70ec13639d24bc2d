"""How payments reaches its table and the world."""
