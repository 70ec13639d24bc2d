"""The use cases of payments, one function each, and what they need from outside."""
