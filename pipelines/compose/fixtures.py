"""The concept's device on a layout: where it stands, what it stands for, and the words beside it."""

from __future__ import annotations

from brand_kits.kit import BrandKit
from factory.records import Concept
from pipelines.compose.classes import Grid
from pipelines.compose.content import Content
from pipelines.compose.crop import Spot
from pipelines.compose.devices import Fixture, data_for, load_device
from pipelines.compose.family import Arrangement, Column, Slot
from pipelines.compose.flow import Setting, set_column
from pipelines.compose.geometry import Box, mirrored

QUIET = Slot(role="caption", style="sub", size=(0.85, 1.15, 1.3), lines=(1, 3), weight=600, face="text")
LOUD = Slot(role="caption", style="headline", size=(0.45, 0.8, 1.0), lines=(1, 3), weight=800, face="display")
"""A device's caption: beside the device it is a note, below it a headline."""
LOUD_ROOM = 2.6
"""Height of the room, in sizes of a note, from which a caption is a headline."""


def fixture_for(plan: Arrangement, grid: Grid, content: Content, kit: BrandKit, spot: Spot | None) -> Fixture | None:
    """The concept's device in the family's place for it; None where this class has none or its words are missing."""
    if not content.device or plan.device is None:
        return None
    device = load_device(content.device)
    data = data_for(content, kit, grid.canvas, grid.pt, spot)
    if not device.suits(data):
        return None
    box = grid.canvas.scaled(plan.device) if _bleeds(plan.device) else grid.box(plan.device)
    return Fixture(device=device, data=data, box=mirrored(box, grid.live) if content.rtl else box)


def wordless_fixture(concept: Concept, grid: Grid, kit: BrandKit, spot: Spot | None) -> Fixture | None:
    """The concept's device on a picture without type: None where it needs words to mean anything."""
    device = load_device(concept.device) if concept.device else None
    if device is None or not device.wordless:
        return None
    figures = {k: v for k, v in concept.device_data.items() if k in ("value", "unit", "symbol")}
    data = data_for(Content(locale="en", texts={}, data=figures), kit, grid.canvas, grid.pt, spot)
    return Fixture(device=device, data=data, box=grid.live) if device.suits(data) else None


def _bleeds(box: tuple[float, float, float, float]) -> bool:
    """Whether a box touches the canvas' edge and so belongs to the picture, not to the live area."""
    x, y, w, h = box
    return x <= 0 or y <= 0 or x + w >= 1 or y + h >= 1


def replaced(plan: Arrangement, fixture: Fixture) -> tuple[str, ...]:
    """Roles whose place a device takes: what it stands for, or what its own words would run into."""
    return plan.over if fixture.device.where == "over" or fixture.data.start else ()


def caption_for(fixture: Fixture | None, setting: Setting) -> tuple[Column, ...]:
    """The headline as a caption in the room that a device leaves, when the device took the headline's place."""
    if fixture is None or fixture.device.where != "over":
        return ()
    room = fixture.device.room(fixture.data, fixture.box)
    if room is None or room.h <= 0:
        return ()
    loud = room.h > LOUD_ROOM * setting.grid.sizes["sub"][1]
    inside = room.y < fixture.box.bottom and room.bottom < fixture.box.bottom - 1
    columns = [_column(room, slot, inside, setting) for slot in ((LOUD, QUIET) if loud else (QUIET,))]
    fitting = (c for c in columns if set_column(c, room, setting))
    return (next(fitting, columns[-1]),)


def _column(room: Box, slot: Slot, inside: bool, setting: Setting) -> Column:
    """A caption in a device's room: on its last line where it is inside the device, else from its top."""
    w, h = setting.grid.size
    box = (room.x / w, room.y / h, room.w / w, room.h / h)
    return Column(box=box, start="bottom" if inside else "top", align="start", slots=(slot,), sit=inside)
