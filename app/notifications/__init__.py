"""Telling other programs of findings: webhook, Slack, Alertmanager."""
