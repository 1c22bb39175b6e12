"""Harm that agents do together: cases, what clashes in them, what it costs, and shares of it."""
