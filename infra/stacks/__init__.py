"""What is deployed together: the platform, a stack a service, and the edge in front of them."""
