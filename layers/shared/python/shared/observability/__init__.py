"""Logs, metrics and trace context, and the list of fields that may be logged."""
