"""Recbot: an application about the people who ask for a meeting to be recorded."""
