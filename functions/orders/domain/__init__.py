"""The rules of orders: frozen values and pure functions."""
