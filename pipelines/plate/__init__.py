"""Plates: what a picture stands on. `open_scene` turns a plate's record into a scene to take pictures of."""

from __future__ import annotations

from collections.abc import Callable

from factory.records import Plate
from pipelines.plate.matter import Wash, read_wash
from pipelines.plate.procedural import ProceduralScene
from pipelines.plate.setfile import read_set
from pipelines.scene import Scene

Load = Callable[[str], bytes]
"""Bytes of a stored file by its digest."""


def open_scene(plate: Plate, load: Load) -> Scene:
    """The scene of a plate in its palette; files are read through `load`. Raises StoreError for an unknown set."""
    file = read_set(plate.set)
    return ProceduralScene(file, plate.palette, _wash(plate, load))


def _wash(plate: Plate, load: Load) -> Wash | None:
    name = plate.files.get("wash")
    if name is None:
        return None
    return read_wash(load(name), plate.provenance.get("wash_use") or "albedo")
