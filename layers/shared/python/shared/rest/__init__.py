"""The REST edge of a service: who calls, with what, and what the answer looks like."""
