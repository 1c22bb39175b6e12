"""The weekly review: drawn, looked at by people, reported and signed off."""
