"""What runs inside LocalStack: its Lambda processes, its tables, and the gaps that are mended."""
