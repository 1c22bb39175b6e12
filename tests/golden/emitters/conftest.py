"""Recorders run by hand, each with its framework installed: pytest must not import them."""

collect_ignore_glob = ["*/*.py"]
