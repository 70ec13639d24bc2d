"""The use cases of orders, one function each, and what they need from outside."""
