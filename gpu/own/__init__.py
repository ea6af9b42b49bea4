"""Models that we trained ourselves, with their cards."""
