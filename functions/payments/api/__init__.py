"""The Lambdas of payments, one module a transport."""
