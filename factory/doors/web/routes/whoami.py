"""Who a key is."""

from __future__ import annotations

from typing import Annotated

from factory.doors.web.access import Actor, Needs
from factory.doors.web.routing import Router
from factory.doors.web.shapes import Out

router = Router(prefix="/v1/whoami", tags=["whoami"])


class WhoAmI(Out):
    """The key that asks."""

    id: str
    name: str
    roles: list[str]
    scopes: list[str]


@router.get("", summary="Tell who the key is")
def whoami(actor: Annotated[Actor, Needs()]) -> WhoAmI:
    """The key's id, name, roles and scopes."""
    return WhoAmI(id=actor.id, name=actor.name, roles=sorted(actor.roles), scopes=list(actor.scopes))
