"""Loops in lanes: periodic stretches without progress, over all lanes at once."""
