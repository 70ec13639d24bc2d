"""The Lambdas of accounting, one module a transport."""
