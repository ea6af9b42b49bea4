"""Variants made otherwise: their idea on another plate, and more like one of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from factory.doors.web.access import Actor, Needs
from factory.doors.web.again import MOST, another_plate, more_like
from factory.doors.web.parts import Web
from factory.doors.web.routing import Router, told
from factory.doors.web.shapes import In, Out
from factory.doors.web.variant_view import VariantId

router = Router(prefix="/v1/variants", tags=["variants"])


class More(In):
    """How many more."""

    count: int = Field(3, ge=1, le=MOST)


class Asked(Out):
    """Variants that are being made."""

    variants: list[str] = Field(description="Their ids; each tells of itself by `variant.ready` or `variant.failed`.")


@router.post("/{variant:id}:another-plate", summary="Put a variant's idea on another plate", status_code=202,
             responses=told("variant.unknown", "variant.unmade"))
def plate(variant: VariantId, actor: Annotated[Actor, Needs("creator", "reviewer")], web: Web) -> Asked:
    """Every finished variant of the same idea gets a new version: the same words on another set, in another light or on another
    of the brand's grounds. Each must be decided on anew; the versions before stay and can stand again."""
    with web.changing() as db:
        return Asked(variants=another_plate(db, variant, actor))


@router.post("/{variant:id}:more-like", summary="Make more like a variant", status_code=202,
             responses=told("variant.unknown", "variant.unmade", "state.conflict"))
def more(variant: VariantId, body: More, actor: Annotated[Actor, Needs("creator", "reviewer")], web: Web) -> Asked:
    """New variants in the same batch: the same idea, placement and locale on other plates and in other words."""
    with web.changing() as db:
        return Asked(variants=more_like(db, variant, actor, body.count))
