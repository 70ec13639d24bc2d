"""LocalStack as the local cloud: started without Docker, with what such a start lacks."""
