"""One writer a platform: what a person or a program needs to put a batch there. A platform is one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from factory.manifests import iab, meta
from factory.manifests.rows import Sheets
from factory.records import Batch, Brief, Placement

Writer = Callable[[Batch, Brief, Mapping[str, Placement]], Sheets]

WRITERS: Mapping[str, Writer] = {"iab": iab.write, "meta": meta.write}
