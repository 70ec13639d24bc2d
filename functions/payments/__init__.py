"""Payments: the orchestration of payment providers."""
