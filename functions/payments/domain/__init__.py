"""The rules of payments: frozen values and pure functions."""
