"""Thresholds, reviews, autonomy stages, kill switches and the audit record of every change."""
