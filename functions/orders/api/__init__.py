"""The Lambdas of orders, one module a transport."""
