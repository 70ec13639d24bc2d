"""The rules of accounting: frozen values and pure functions."""
