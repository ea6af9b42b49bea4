"""The brief: read, checked as a whole, frozen; and what it says in each of its languages. See docs/briefs.md."""

from factory.brief.read import ended, load_brief
from factory.brief.translate import localized

__all__ = ["ended", "load_brief", "localized"]
