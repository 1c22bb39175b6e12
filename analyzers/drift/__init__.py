"""Behavioural drift with a stated false-alarm rate: statistics of closed windows, no storage."""
