"""Which agent and which step of a failed run the failure came from."""
