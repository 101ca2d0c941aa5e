"""Network access: HTTP client, image downloads and webhooks. This is the only package that opens sockets."""
