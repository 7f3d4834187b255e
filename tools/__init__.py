"""Runs, checks and cleans the notebooks. The notebooks themselves never need it."""
