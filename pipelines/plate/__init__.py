"""Plates: what a picture stands on, whatever made it.

`make_plate` does a plate job and returns its record with its files; `open_scene` turns the record into a scene to
take pictures of. Binding a palette to a set costs nothing, so a set's plate is a record and a preview.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from factory.errors import RefusedError, StoreError
from factory.ids import digest_bytes
from factory.records import Plate, PlateJob
from pipelines.light import Pixels, finish, grade
from pipelines.plate.matter import Wash, read_wash
from pipelines.plate.painted import USUAL_LIGHT, PaintedScene
from pipelines.plate.procedural import ProceduralScene
from pipelines.plate.rendered import RenderedScene
from pipelines.plate.setfile import SetFile, read_set
from pipelines.scene import Scene, Window

Load = Callable[[str], bytes]
"""Bytes of a stored file by the name that a plate's `files` gives."""
WashMaker = Callable[[str, int, str], npt.NDArray[np.float16]]
"""(class, seed, tier) to palette weights (3, h, w)."""
Painter = Callable[[PlateJob, Pixels], Pixels]
"""(job, picture of the set) to an RGB picture (h, w, 3)."""

PREVIEW_PX = 640
PAINT_PX = 1024


def open_scene(plate: Plate, load: Load) -> Scene:
    """The scene of a plate in its palette; files are read through `load`. Raises StoreError for an unknown set."""
    if plate.kind == "paint":
        picture = _decoded(load(plate.files["picture"]))
        return PaintedScene(plate.set, picture, plate.provenance.get("light") or USUAL_LIGHT)
    wash = None
    if name := plate.files.get("wash"):
        wash = read_wash(load(name), plate.provenance.get("wash_use") or "albedo")
    return set_scene(read_set(plate.set), plate.palette, wash)


def set_scene(file: SetFile, palette: Any, wash: Wash | None = None) -> Scene:
    """A set in a palette (role to hex), by its kind."""
    kinds: dict[str, Callable[..., Scene]] = {"rendered": RenderedScene, "procedural": ProceduralScene}
    return kinds[file.kind](file, palette, wash)


def make_plate(
    job: PlateJob, *, wash: WashMaker | None = None, paint: Painter | None = None
) -> tuple[Plate, dict[str, bytes]]:
    """Do a plate job: the record and its files by name. A wash or a prompt needs its maker, or RefusedError."""
    files: dict[str, bytes] = {}
    named: dict[str, str] = {}
    provenance: dict[str, Any] = {"set": job.set, "seed": job.seed, "tier": job.tier}
    if job.wash:
        weights = _wanted(wash, f"the wash {job.wash!r}")(job.wash, job.seed, job.tier)
        named["wash"] = _kept(files, _array_bytes(weights), "npy")
        provenance |= {"wash": job.wash, "wash_use": job.wash_use or "albedo"}
    kind: Literal["set", "wash", "paint"] = "wash" if job.wash else "set"
    plate = _plate(job, kind, named, provenance)
    if job.prompt and job.model:
        painter = _wanted(paint, f"the model {job.model!r}")
        picture = painter(job, _picture(open_scene(plate, files.__getitem__), job.light, PAINT_PX))
        named["picture"] = _kept(files, _png(picture), "png")
        provenance |= {"model": job.model, "prompt": job.prompt, "light": _light_of(job)}
        plate = _plate(job, "paint", named, provenance)
    preview = _picture(open_scene(plate, files.__getitem__), 0 if plate.kind == "paint" else job.light, PREVIEW_PX)
    named["preview"] = _kept(files, _jpeg(preview), "jpg")
    return _plate(job, plate.kind, named, provenance), files


def _plate(
    job: PlateJob, kind: Literal["set", "wash", "paint"], named: dict[str, str], provenance: dict[str, Any]
) -> Plate:
    return Plate(
        job=job.id, kind=kind, set=job.set, light=job.light, palette=dict(job.palette), files=dict(named),
        provenance=dict(provenance),
    )  # fmt: skip


def _wanted(maker: Any, what: str) -> Any:
    if maker is None:
        raise RefusedError(
            f"A plate asks for {what}, and nothing here can make it", code="plate-maker",
            help="Plan without it, or install the model.",
        )  # fmt: skip
    return maker


def _light_of(job: PlateJob) -> dict[str, float]:
    """Where the painted-over set had its key, so that the product's shadow still falls with it."""
    key = read_set(job.set).keys[job.light]
    x, y, z = key.direction
    azimuth = float(np.degrees(np.arctan2(x, -y)))
    return {"azimuth": azimuth, "elevation": float(np.degrees(np.arcsin(z))), "angle": key.angle}


def _picture(scene: Scene, light: int, px: int) -> Pixels:
    """A square look at a scene, with nothing standing in it."""
    window = Window(size=(px, px), foot=(0.46 * px, 0.77 * px), height=0.34 * px)
    return finish(grade(scene.view(window, light)), grain=0.6)


def _kept(files: dict[str, bytes], data: bytes, ending: str) -> str:
    name = f"{digest_bytes(data)}.{ending}"
    files[name] = data
    return name


def _array_bytes(array: npt.NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array, np.float16), allow_pickle=False)
    return stream.getvalue()


def _png(picture: Pixels) -> bytes:
    import cv2

    return bytes(cv2.imencode(".png", picture[..., ::-1])[1])


def _jpeg(picture: Pixels) -> bytes:
    import cv2

    return bytes(cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 84])[1])


def _decoded(data: bytes) -> Pixels:
    import cv2

    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise StoreError("A plate's picture is damaged", code="plate-picture", help="Make the plate again.")
    return np.ascontiguousarray(picture[..., ::-1], np.uint8)
