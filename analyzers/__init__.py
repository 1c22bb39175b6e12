"""Pure functions from what agents did to what was found; no clock, no network, no database."""
