"""Three stories: a stale field, a failure of no single agent, volume and judgment."""
