"""Rules of platforms as tables: one YAML file a platform, each figure with its source. See docs/placements.md."""

from factory.placements.choose import select
from factory.placements.tables import Figure, load_placements, load_tables

__all__ = ["Figure", "load_placements", "load_tables", "select"]
