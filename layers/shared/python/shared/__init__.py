"""What the services share: money, contracts, messaging, persistence, errors, observability."""
