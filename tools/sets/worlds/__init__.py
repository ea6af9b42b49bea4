"""The worlds: each module has `INFO` (the line of data) and `build(stage)` (the matter)."""
