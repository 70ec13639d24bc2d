"""What operators work on in every service: dead letters, and replays of the outbox."""
