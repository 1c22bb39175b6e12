"""Analyzers that are more than a rule over a relation: one file each."""
