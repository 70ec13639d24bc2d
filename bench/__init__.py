"""Figures: what the platform costs and how fast it is, measured beside something known."""
