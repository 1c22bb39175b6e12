"""The scenarios of `wakeline demo`, sent with the exporters that any agent uses."""
