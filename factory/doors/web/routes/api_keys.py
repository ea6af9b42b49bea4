"""API keys: made, shown once, narrowed, rotated, ended. For admins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs, new_key
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, page, when, word
from factory.doors.web.parts import Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import KeyId, Router, told
from factory.doors.web.shapes import In, Moment, Name, Out
from factory.store import access as store

router = Router(prefix="/v1/api-keys", tags=["api-keys"])

Scope = Annotated[str, Field(pattern=r"^(\*|[a-z-]{1,20}):(read|write|\*)$")]
Role = Literal["creator", "reviewer", "ad_ops", "admin"]


def _each_once(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise ValueError("Every value stands once")
    return values


Once = AfterValidator(_each_once)


class NewKey(In):
    """A key. Without scopes it may do all that its roles may."""

    name: Name
    roles: Annotated[list[Role], Field(min_length=1, max_length=4, json_schema_extra={"uniqueItems": True}), Once]
    scopes: Annotated[list[Scope], Field(
        default_factory=list, max_length=40, json_schema_extra={"uniqueItems": True}, examples=[["batches:*", "variants:read"]],
    ), Once]
    expires_at: Moment | None = Field(default=None, description="When it ends by itself.")


class KeyOut(Out):
    """A key, without what opens."""

    id: str
    name: str
    prefix: str = Field(description="How the key begins.")
    roles: list[Role]
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class KeyMade(KeyOut):
    """A key with what opens: shown this once."""

    key: str = Field(description="Keep it: it is shown this once.")


def _key(row: Mapping[str, Any]) -> KeyOut:
    return KeyOut(**{name: row[name] for name in KeyOut.model_fields})


@router.post("", status_code=201, summary="Make a key")
def create(body: NewKey, actor: Annotated[Actor, Needs("admin")], web: Web, response: Response) -> KeyMade:
    """Answers with the key itself, this once. (Sent twice, it makes two: an answer that is kept would keep the key.)"""
    if body.expires_at and body.expires_at <= datetime.now(UTC):
        raise Problem("request.invalid", "/expires_at: The time is over.")
    key, prefix, sha256 = new_key()
    with web.changing() as db:
        row = store.put_key(db, name=body.name, prefix=prefix, sha256=sha256, roles=body.roles, scopes=body.scopes,
                            expires_at=body.expires_at, by=actor.id)
        store.note(db, actor.id, "api-key.create", row["id"], {"name": body.name, "roles": body.roles, "scopes": body.scopes})
    response.headers["Location"] = f"/v1/api-keys/{row['id']}"
    return KeyMade(**_key(row).model_dump(), key=key)


@router.get("", summary="List keys")
def index(_: Annotated[Actor, Needs("admin")], web: Web, limit: Limit = 50, cursor: Cursor = None) -> Page[KeyOut]:
    """Newest first, those that ended too."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = store.keys(db, place, limit + 1)
    return page(rows, limit, lambda r: encode(r["created_at"], r["id"]), _key)


@router.get("/{key:id}", summary="Show a key", responses=told("key.unknown"))
def show(key: KeyId, _: Annotated[Actor, Needs("admin")], web: Web) -> KeyOut:
    """Its roles, scopes and last use (to the minute)."""
    with web.changing() as db:
        return _key(_known(store.get_key(db, key)))


def _known(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise Problem("key.unknown")
    return row


@router.delete("/{key:id}", status_code=204, summary="End a key", responses=told("key.unknown", "key.last"))
def revoke(key: KeyId, actor: Annotated[Actor, Needs("admin")], web: Web) -> None:
    """At once and for good. The last unscoped admin key without an end stays."""
    with web.changing() as db:
        row = _known(store.get_key(db, key))
        if _lasting(row) and store.admins(db) == 1:
            raise Problem("key.last")
        if store.revoke(db, key):
            store.note(db, actor.id, "api-key.revoke", key, {"name": row["name"]})


def _lasting(row: Mapping[str, Any]) -> bool:
    return "admin" in row["roles"] and not row["scopes"] and row["expires_at"] is None and row["revoked_at"] is None


@router.post("/{key:id}:rotate", status_code=201, summary="Give a key a new secret",
             responses=told("key.unknown", "state.conflict"))
def rotate(key: KeyId, actor: Annotated[Actor, Needs("admin")], web: Web) -> KeyMade:
    """The old secret ends at once; who the key is, and what it may, stay."""
    secret, prefix, sha256 = new_key()
    with web.changing() as db:
        row = _known(store.get_key(db, key))
        if row["revoked_at"]:
            raise Problem("state.conflict", "The key has been revoked.")
        store.rotate(db, key, prefix, sha256)
        store.note(db, actor.id, "api-key.rotate", key, {"name": row["name"]})
    return KeyMade(**{**_key(row).model_dump(), "prefix": prefix}, key=secret)
