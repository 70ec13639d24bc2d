"""What the three services share: money, contracts, messaging, persistence, errors, observability."""
