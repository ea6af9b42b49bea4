"""From a composition and its finished file to what the checks look at: stages are strangers, so somebody translates."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from brand_kits.kit import BrandKit
from factory.records import Brief, Finding, Placement, Text, Tribe
from pipelines.check.run import check_all
from pipelines.check.subject import Box, Button, Film, Ink, Part, Sign, Standing, Subject

if TYPE_CHECKING:
    from pipelines.compose.compose import Composition
    from pipelines.compose.setting import Block
    from pipelines.motion.animate import VideoResult

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
SMEAR = 9
"""How far in px a JPEG carries what lies over the product into the product."""
MOMENTS = (0.0, 0.5, 1.0)
UNSAID = frozenset({"logo", "ghost"})
"""Blocks that are drawings, not words."""


def check_picture(
    composition: Composition, data: bytes, placement: Placement, copy: Mapping[str, Any], kit: BrandKit, brief: Brief,
    locale: str, tribe: Tribe | None = None,
) -> tuple[Finding, ...]:
    """All findings about a finished picture. `copy` maps a field to its text, `brief` is localized."""
    pixels = decoded(data, composition.pixels.shape)
    media = "image/" + placement.formats[0].replace("jpg", "jpeg")
    return check_all(subject_of(composition, pixels, data, media, placement, copy, kit, brief, locale, tribe))


def check_video(
    composition: Composition, result: VideoResult, placement: Placement, copy: Mapping[str, Any], kit: BrandKit,
    brief: Brief, locale: str, tribe: Tribe | None = None,
) -> tuple[Finding, ...]:
    """All findings about a finished film: its file and its frames, and the still that it is built on."""
    film = Film(
        width=result.width, height=result.height, seconds=result.seconds, figures=dict(result.figures),
        frames=frames_of(result.data, MOMENTS),
    )
    still, data = composition.pixels, result.data
    return check_all(
        subject_of(composition, still, data, "video/mp4", placement, copy, kit, brief, locale, tribe, film)
    )


def subject_of(
    composition: Composition, pixels: Pixels, data: bytes, media: str, placement: Placement, copy: Mapping[str, Any],
    kit: BrandKit, brief: Brief, locale: str, tribe: Tribe | None = None, film: Film | None = None,
) -> Subject:
    """A composition as plain values and arrays."""
    bare = composition.backdrop.picture(composition.behind, composition.veils)
    blocks = list(_blocks(composition))
    logo = next((b for b in blocks if b.role == "logo"), None)
    return Subject(
        kind="video" if film else "image", data=data, type=media, pixels=pixels, intended=composition.pixels,
        ground=_ground(composition, bare), placement=placement, locale=locale, kit=kit, brief=brief, tribe=tribe,
        parts=tuple(_part(b, composition) for b in blocks if b.role not in UNSAID),
        sign=Sign(name=_drawing(logo, kit), box=logo.box, inks=_inks(logo)) if logo else None,
        button=_button(composition), product=_standing(composition, pixels, bare),
        expected=frozenset({"product"} & set(composition.dropped)), duties=composition.content.options("legal"),
        copy={k: text_of(k, v) for k, v in copy.items()},
        film=film,
    )


def text_of(field: str, value: Any) -> Text:
    """A text record from a record, its plain form, or a bare string (which then counts as the grammar's)."""
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(field=field, text=value, source="grammar")
    return Text(field=value["field"], text=value["text"], source=value["source"], facts=tuple(value.get("facts", ())))


# ------------------------------------------------------------------------------------------------------ decoding


def decoded(data: bytes, shape: Sequence[int]) -> Pixels:
    """RGB (h, w, 3) of a finished picture; black of the given shape where it cannot be read (the file check tells)."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return np.zeros(tuple(shape), np.uint8)


def frames_of(data: bytes, moments: Sequence[float]) -> tuple[Pixels, ...]:
    """Frames of a film at moments (0 its first, 1 its last), RGB; fewer where it does not decode."""
    import cv2

    found: list[Pixels] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(data)
        reel = cv2.VideoCapture(str(path))
        last = int(reel.get(cv2.CAP_PROP_FRAME_COUNT)) - 1
        for moment in moments:
            reel.set(cv2.CAP_PROP_POS_FRAMES, round(moment * last))
            ok, frame = reel.read()
            if ok:
                found.append(np.ascontiguousarray(frame[..., ::-1]))
        reel.release()
    return tuple(found)


# --------------------------------------------------------------------------------------------------- translating


def _blocks(composition: Composition) -> Iterable[Block]:
    """Everything set as type or logo over the picture, as it was drawn."""
    from pipelines.compose.setting import Block

    return (item for item in composition.items if isinstance(item, Block))


def _ground(composition: Composition, bare: Pixels) -> Pixels:
    """The picture with all that is drawn over it but type and logo: what these stand on."""
    from pipelines.compose.draw import canvas, draw, to_rgb
    from pipelines.compose.setting import Block

    sheet = canvas(bare.shape[1], bare.shape[0], bare)
    draw(sheet, [item for item in composition.items if not isinstance(item, Block)])
    return to_rgb(sheet)


def _part(block: Block, composition: Composition) -> Part:
    placed = next((t for t in composition.layout.texts if t.block.text == block.text and t.role == block.role), None)
    return Part(
        role=block.role, text=block.text, box=block.box, lines=block.lines, line_boxes=block.line_boxes(),
        size=block.size, weight=block.weight, inks=_inks(block), cost=placed.cost if placed else 0.0,
        place="device" if block.role == "device" else "layout",
    )


def _inks(block: Block) -> tuple[Ink, ...]:
    """A block's shapes by colour; quotation marks only where there is nothing else."""
    pieces = [p for p in block.pieces if p.name != "quote"] or list(block.pieces)
    colours = dict.fromkeys(p.colour or block.colour for p in pieces)
    return tuple(_ink([p for p in pieces if (p.colour or block.colour) == c], c) for c in colours)


def _ink(pieces: Sequence[Any], colour: str) -> Ink:
    import skia

    from pipelines.compose.draw import PathItem, canvas, draw
    from pipelines.compose.setting import around

    x, y, w, h = around(p.box for p in pieces)
    left, top = int(np.floor(x)) - 1, int(np.floor(y)) - 1
    sheet = canvas(int(np.ceil(w)) + 3, int(np.ceil(h)) + 3)
    whole = skia.Path()
    for piece in pieces:
        whole.addPath(piece.path)
    draw(sheet, [PathItem(path=whole, colour="#FFFFFF")], offset=(-left, -top))
    return Ink(colour=colour, x=left, y=top, coverage=np.ascontiguousarray(sheet[..., 0]))


def _drawing(logo: Block, kit: BrandKit) -> str:
    """The kit's name for the drawing of the logo that stands there, or ""."""
    return next((name for name, known in kit.logos.items() if known.file.stem == logo.text), "")


def _button(composition: Composition) -> Button | None:
    from pipelines.compose.draw import RoundRect

    pills = (i for i in composition.items if isinstance(i, RoundRect) and i.role == "button")
    return next((Button(box=i.box, colour=i.colour) for i in pills), None)


def _standing(composition: Composition, pixels: Pixels, bare: Pixels) -> Standing | None:
    """The product as the file shows it, or None where the picture shows none."""
    back, stage, box = composition.backdrop, composition.stage, composition.product_box
    layer = back.layer()
    if stage is None or stage.product is None or box is None or layer is None or pixels.shape != bare.shape:
        return None
    x0, y0 = back.offset
    w, h = stage.size
    inside = (slice(y0, y0 + h), slice(x0, x0 + w))
    true = stage.fidelity(pixels[inside], covered=_covered(composition.pixels, bare)[inside])
    if true is None:
        return None
    return Standing(
        name="product", box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
        words=_words(stage.product.label_box, box), shape_overlap=true.shape_overlap, delta_e=true.delta_e,
        share=true.share, scale=true.scale, cover=_cover(layer.rgba[..., 3], layer.x + x0, layer.y + y0, pixels.shape),
        brand=stage.product.brand_on_label,
    )


def _words(label: Box | None, box: tuple[int, int, int, int]) -> Box | None:
    """The label's words on the canvas, px."""
    if label is None:
        return None
    x, y, w, h = box
    return x + label[0] * w, y + label[1] * h, label[2] * w, label[3] * h


def _covered(finished: Pixels, bare: Pixels) -> Mask:
    """Where anything was laid over the picture, and as far as a JPEG carries it."""
    import cv2

    over = (finished != bare).any(axis=2).astype(np.uint8)
    return np.asarray(cv2.dilate(over, np.ones((SMEAR * 2 + 1,) * 2, np.uint8)) > 0)


def _cover(alpha: Pixels, x: int, y: int, shape: Sequence[int]) -> Mask:
    """(h, w) True where a layer hides the ground."""
    cover = np.zeros(tuple(shape[:2]), bool)
    h, w = alpha.shape
    rows, columns = slice(max(y, 0), min(y + h, shape[0])), slice(max(x, 0), min(x + w, shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        cover[rows, columns] = alpha[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x] > 127
    return cover
