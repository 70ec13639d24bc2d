"""Accounting: the double-entry ledger, the financial truth."""
