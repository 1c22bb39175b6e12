"""Takes OTLP in, makes it durable, and hands it to the store one segment at a time."""
