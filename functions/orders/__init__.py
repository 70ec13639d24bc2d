"""Orders: what the customer wants, and where its payment stands."""
