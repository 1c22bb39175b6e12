"""The HTTP interface for people, dashboards and agents."""
