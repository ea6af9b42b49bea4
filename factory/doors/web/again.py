"""Another plate, more like this: the deeds behind the routes and the pages. Within a transaction (`web.changing`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from factory.doors.web.access import Actor
from factory.doors.web.problems import Problem
from factory.doors.web.variant_view import found
from factory.store import again, batches
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

MOST: Final = 6
"""New variants that are asked for at once."""


def another_plate(db: Connection[dict[str, Any]], variant: str, actor: Actor) -> list[str]:
    """The variant's idea on another plate, at every placement and in every locale. Returns the public ids of the variants that
    are made anew. Raises Problem variant.unknown or variant.unmade."""
    row = _finished(db, variant)
    cells = again.another_plate(db, row, actor.id)
    note(db, actor.id, "variant.another-plate", variant, {"concept": row["concept"], "variants": len(cells)})
    return [f"{row['batch']}.{c}" for c in cells]


def more_like(db: Connection[dict[str, Any]], variant: str, actor: Actor, count: int = 3) -> list[str]:
    """New variants beside this one, on other plates and in other words. Returns their public ids. Raises Problem
    variant.unknown, variant.unmade, or state.conflict for a batch that is still being planned."""
    if not 1 <= count <= MOST:
        raise Problem("request.invalid", f"Ask for 1 to {MOST} at once.")
    row = _finished(db, variant)
    batch = batches.get(db, row["batch"])
    if batch is None or not batch["recorded"]:
        raise Problem("state.conflict", "The batch is still being made: ask for more when it is ready.")
    cells = again.more_like(db, row, actor.id, count)
    note(db, actor.id, "variant.more-like", variant, {"variants": len(cells)})
    return [f"{row['batch']}.{c}" for c in cells]


def _finished(db: Connection[dict[str, Any]], variant: str) -> Mapping[str, Any]:
    row = found(db, variant, hold=True)
    if row["state"] != "ready":
        raise Problem("variant.unmade", f"The variant is {row['state']}: it must be ready.")
    return row
