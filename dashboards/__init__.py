"""Grafana dashboards as code; they read views only."""
