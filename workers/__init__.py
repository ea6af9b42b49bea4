"""Doing the stages, here or behind a queue."""
