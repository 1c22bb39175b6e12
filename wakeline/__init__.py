"""The SDK that agents import: light, and free of the server packages."""
