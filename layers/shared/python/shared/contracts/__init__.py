"""What may cross between services: the envelope, the messages, and their JSON."""
