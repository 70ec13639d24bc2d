"""The use cases of accounting, one function each, and what they need from outside."""
