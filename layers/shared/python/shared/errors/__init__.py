"""What may go wrong, classified, and how the caller is told."""
