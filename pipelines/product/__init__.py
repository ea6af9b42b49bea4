"""The advertised thing as pixels and measures."""
