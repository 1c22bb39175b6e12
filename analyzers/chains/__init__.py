"""Causal chains: from rows of the typed tables to causes, blast radius and reversal plan."""
