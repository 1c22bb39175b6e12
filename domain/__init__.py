"""What an agent did and who may see it, as plain values that import nobody."""
