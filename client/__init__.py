"""The test client: what a merchant, an operator and an auditor do, over HTTP alone."""
