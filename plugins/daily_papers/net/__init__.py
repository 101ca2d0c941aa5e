"""Network access: the HTTP client with its limits, and image downloads. Only this package opens sockets."""
