"""Placements: where an ad may stand, with its limits and their sources."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from factory.doors.web.access import Actor, Needs
from factory.doors.web.routing import Router
from factory.doors.web.shapes import Out

router = Router(prefix="/v1/placements", tags=["placements"])


class PlacementsOut(Out):
    """Every placement; what each row holds is told in docs/placements.md."""

    data: list[dict[str, Any]] = Field(description="Canvas, safe zone, byte and text limits, each figure with its source.")


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, Any], ...]:
    from factory.doors.tables import placement_rows

    return tuple(placement_rows())


@router.get("", summary="List placements")
def index(
    _: Annotated[Actor, Needs()],
    platform: Annotated[str | None, Query(pattern=r"^[a-z0-9_]{1,40}$", description="Of one platform, as `meta`.")] = None,
) -> PlacementsOut:
    """All of them, in the order of the tables."""
    return PlacementsOut(data=[r for r in _rows() if platform is None or r["id"].split(".")[0] == platform])
