"""Settings: people and API keys, for admins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Form, Path, Request
from pydantic import ValidationError
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.paging import Cursor, decode, encode, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes import api_keys as api
from factory.doors.web.routing import KeyId
from factory.doors.web.site import peopledesk
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import go, page
from factory.store import access, people

router = Pages(tags=["settings"])

Text = Annotated[str, Form(max_length=400)]
Roles = Annotated[list[str], Form(max_length=8)]
PersonId = Annotated[str, Path(pattern="^per_[0-9a-f]{20}$")]
PER_PAGE: Final = 50
LASTS: Final = (("", "For good"), ("30", "30 days"), ("90", "90 days"), ("365", "A year"))
SCOPES: Final = ("briefs", "brands", "uploads", "batches", "variants", "decisions", "bundles", "webhooks")
"""Things that a key is narrowed to, as the page offers them."""


@router.get("/settings")
def settings(actor: Annotated[Actor, Needs()], request: Request) -> Response:
    """The first page that this person may see."""
    if actor.has():
        return go(request, "/settings/people")
    return go(request, "/settings/webhooks" if actor.has("ad_ops") else "/account")


# ------------------------------------------------------------------------------------------------ people


@router.get("/settings/people")
def everybody(_: Annotated[Actor, Needs("admin")], request: Request, web: Web) -> Response:
    """Everybody, and a form for one more."""
    return _people(request, web)


def _people(
    request: Request, web: Parts, *, fresh: dict[str, str] | None = None, name: str = "", roles: tuple[str, ...] = ("creator",),
    faults: dict[str, str] | None = None, status: int = 200,
) -> Response:
    with web.reading() as db:
        rows = people.every(db)
    return page(request, "settings_people.html", status=status, title="People", people=rows, fresh=fresh, name=name, roles=roles,
                faults=faults or {}, does=peopledesk.DOES, hours=peopledesk.HOURS, now=datetime.now(UTC))  # fmt: skip


@router.post("/settings/people")
def invite(
    actor: Annotated[Actor, Needs("admin")], request: Request, web: Web, name: Text = "", roles: Roles = []  # noqa: B006
) -> Response:
    """Invite somebody: the link is on the page that answers, and nowhere else."""
    wanted = " ".join(name.split())
    faults = {} if 1 <= len(wanted) <= 60 and wanted.isprintable() else {"name": "A name has 1 to 60 letters."}
    if not set(roles) & {key for key, _ in peopledesk.DOES}:
        faults["roles"] = "Choose at least one role."
    try:
        row, path = peopledesk.invite(web, actor, wanted, roles) if not faults else ({}, "")
    except Problem as refused:
        faults = {"name": refused.detail}
    if faults:
        return _people(request, web, name=name, roles=tuple(roles), faults=faults, status=422)
    return _people(request, web, fresh=_link(request, row["name"], path), status=201)


def _link(request: Request, name: str, path: str) -> dict[str, str]:
    told = request.app.state.parts.settings
    base = told.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return {"name": name, "link": f"{base}{path}"}


@router.post("/settings/people/{person}/invite")
def invite_again(person: PersonId, actor: Annotated[Actor, Needs("admin")], request: Request, web: Web) -> Response:
    """Another link: the one before ends."""
    row, path = peopledesk.invite_again(web, actor, person)
    return _people(request, web, fresh=_link(request, row["name"], path), status=201)


@router.post("/settings/people/{person}/roles")
def roles(
    person: PersonId, actor: Annotated[Actor, Needs("admin")], request: Request, web: Web, roles: Roles = []  # noqa: B006
) -> Response:
    """Other roles."""
    try:
        row = peopledesk.set_roles(web, actor, person, roles)
    except Problem as refused:
        return _refused(request, refused)
    return go(request, "/settings/people", f"{row['name']} has other roles now.")


def _refused(request: Request, refused: Problem) -> Response:
    if refused.status == 404:
        raise refused
    return go(request, "/settings/people", " ".join(filter(None, (refused.detail, _do(refused)))), "bad")


def _do(refused: Problem) -> str:
    from factory.doors.web.problems import table

    return table()[refused.code].do if refused.code == "person.last" else ""


@router.post("/settings/people/{person}/disable")
def disable(person: PersonId, actor: Annotated[Actor, Needs("admin")], request: Request, web: Web) -> Response:
    """Shut somebody out at once."""
    try:
        row = peopledesk.set_disabled(web, actor, person, True)
    except Problem as refused:
        return _refused(request, refused)
    return go(request, "/settings/people", f"{row['name']} is out, on every device.")


@router.post("/settings/people/{person}/enable")
def enable(person: PersonId, actor: Annotated[Actor, Needs("admin")], request: Request, web: Web) -> Response:
    """Let somebody in again."""
    row = peopledesk.set_disabled(web, actor, person, False)
    return go(request, "/settings/people", f"{row['name']} may come in again.")


# ------------------------------------------------------------------------------------------------ keys


@router.get("/settings/keys")
def keys(_: Annotated[Actor, Needs("admin")], request: Request, web: Web, cursor: Cursor = None) -> Response:
    """Every key, newest first, and a form for one more."""
    return _keys(request, web, cursor)


def _keys(
    request: Request, web: Parts, cursor: str | None = None, *, fresh: api.KeyMade | None = None,
    typed: dict[str, Any] | None = None, faults: dict[str, str] | None = None, status: int = 200,
) -> Response:
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = access.keys(db, place, PER_PAGE + 1)
        shown = rows[:PER_PAGE]
        names = people.names(db, [r["created_by"] for r in shown])
    more = encode(shown[-1]["created_at"], shown[-1]["id"]) if len(rows) > PER_PAGE else None
    return page(request, "settings_keys.html", status=status, title="API keys", keys=shown, names=names, more=more, fresh=fresh,
                typed=typed or {"name": "", "roles": [], "scopes": [], "lasts": ""}, faults=faults or {}, does=peopledesk.DOES,
                scopes=SCOPES, lasts=LASTS, now=datetime.now(UTC))  # fmt: skip


@router.post("/settings/keys")
def make_key(
    actor: Annotated[Actor, Needs("admin")], request: Request, web: Web, name: Text = "", lasts: Text = "",
    roles: Roles = [], scopes: Annotated[list[str], Form(max_length=40)] = [],  # noqa: B006
) -> Response:
    """A key: it is on the page that answers, and nowhere else."""
    ends = datetime.now(UTC) + timedelta(days=int(lasts)) if lasts in {"30", "90", "365"} else None
    typed = {"name": name, "roles": roles, "scopes": scopes, "lasts": lasts}
    try:
        body = api.NewKey.model_validate({"name": name.strip(), "roles": roles, "scopes": scopes, "expires_at": ends})
    except ValidationError as error:
        faults = {str(e["loc"][0]): FAULTS.get(str(e["loc"][0]), str(e["msg"])) for e in error.errors()}
        return _keys(request, web, typed=typed, faults=faults, status=422)
    return _keys(request, web, fresh=api.create(body, actor, web, Response()), status=201)


FAULTS: Final = {"name": "Give it a name of 1 to 120 letters: which program will use it?", "roles": "Choose at least one role.",
                 "scopes": "Choose from the list."}


@router.post("/settings/keys/{key}/rotate")
def rotate(key: KeyId, actor: Annotated[Actor, Needs("admin")], request: Request, web: Web) -> Response:
    """A new secret; the old one ends at once."""
    try:
        return _keys(request, web, fresh=api.rotate(key, actor, web), status=201)
    except Problem as refused:
        return _key_refused(request, refused)


@router.post("/settings/keys/{key}/revoke")
def revoke(key: KeyId, actor: Annotated[Actor, Needs("admin")], request: Request, web: Web) -> Response:
    """The end of a key."""
    try:
        api.revoke(key, actor, web)
    except Problem as refused:
        return _key_refused(request, refused)
    return go(request, "/settings/keys", "The key opens nothing any more.")


def _key_refused(request: Request, refused: Problem) -> Response:
    if refused.status == 404:
        raise refused
    said = "This is the last admin key without an end: make another first." if refused.code == "key.last" else refused.detail
    return go(request, "/settings/keys", said, "bad")
