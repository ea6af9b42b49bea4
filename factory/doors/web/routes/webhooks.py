"""Webhooks: whom to tell, with which secret; what was sent, and sent again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Answer, MaybeOnce
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, number, page, when, word
from factory.doors.web.parts import Web
from factory.doors.web.problems import Problem, error
from factory.doors.web.routing import Id, Router, told
from factory.doors.web.shapes import In, Out
from factory.outbound.addresses import check_url
from factory.store import webhooks as store
from factory.store.access import new_id, note
from factory.store.events import TYPES
from factory.store.webhooks import active
from factory.webhooks import new_secret

if TYPE_CHECKING:
    from psycopg import Connection

router = Router(prefix="/v1/webhooks", tags=["webhooks"])

HookId = Annotated[str, Id("wh")]
Number = Annotated[int, Path(ge=1, le=2**62)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Types = Annotated[list[Annotated[str, StringConstraints(pattern=r"^[a-z_.]{1,40}$")]], Field(max_length=30)]
ASKED = ", ".join(sorted(t for t, opt_in in TYPES.items() if opt_in))


class NewWebhook(In):
    """Whom to tell."""

    url: Url = Field(examples=["https://hooks.example.com/creative"])
    events: Types = Field(
        default_factory=list, description=f"Types of events; empty: all but those to be asked for by name ({ASKED})."
    )


class Change(In):
    """What shall be otherwise."""

    url: Url | None = None
    events: Types | None = None
    state: Literal["active", "paused"] | None = None


class WebhookOut(Out):
    """A webhook. Its secrets are shown when they are made, and never again."""

    id: str
    url: str
    events: list[str]
    state: Literal["active", "paused", "disabled"]
    failing_since: datetime | None
    secrets: int = Field(description="How many secrets sign today: two while a rotation lasts.")
    created_by: str
    created_at: datetime


class WebhookSecretOut(WebhookOut):
    """A webhook with the secret that was made for it."""

    secret: str = Field(description="`whsec_...`: keep it, it is shown once.")


class AttemptOut(Out):
    """One try."""

    attempt: int
    at: datetime
    status: int | None
    seconds: float | None
    response: str = Field(description="At most 1 kB of the answer.")
    error: str


class DeliveryOut(Out):
    """An event on its way to a webhook."""

    id: int
    event: str
    type: str
    batch: str | None
    state: Literal["due", "leased", "delivered", "failed"]
    attempts: int = Field(description="Tries since it was put in or replayed.")
    due_at: datetime
    created_at: datetime
    ended_at: datetime | None
    status: int | None
    error: str
    tries: list[AttemptOut]


def webhook_out(row: Mapping[str, Any]) -> WebhookOut:
    """A row as the API shows it."""
    names = ("id", "url", "events", "state", "failing_since", "created_by", "created_at")
    return WebhookOut(**{n: row[n] for n in names}, secrets=len(active(row["secrets"], datetime.now(UTC))))


def _with_secret(row: Mapping[str, Any]) -> WebhookSecretOut:
    return WebhookSecretOut(**webhook_out(row).model_dump(), secret=row["secrets"][0]["secret"])


def check(web: Web, url: str | None, types: list[str] | None) -> None:
    """Refuse addresses that must not be told, and events that do not exist. Raises Problem, InputError."""
    if url is not None:
        check_url(url, loopback=web.settings.loopback_webhooks)
    wrong = [
        error("event.unknown", f"No event is called {t}.", f"/events/{n}", f"There are {', '.join(sorted(TYPES))}.")
        for n, t in enumerate(types or ())
        if t not in TYPES
    ]
    if wrong:
        raise Problem("input.invalid", errors=wrong)


@router.post("", summary="Make a webhook", status_code=201, response_model=WebhookSecretOut, responses=told("input.invalid"))
def create(body: NewWebhook, actor: Annotated[Actor, Needs("ad_ops")], once: MaybeOnce, web: Web) -> Response:
    """The answer shows the secret, this once: with an Idempotency-Key it is kept for a day to be answered again."""
    check(web, body.url, body.events)

    def work(db: Connection[dict[str, Any]]) -> Answer:
        row = made(db, body, actor)
        return Answer(201, _with_secret(row), {"Location": f"{web.settings.url}/v1/webhooks/{row['id']}"})

    return once.run(work)


def made(db: Connection[dict[str, Any]], body: NewWebhook, actor: Actor) -> dict[str, Any]:
    """A webhook that was checked, put in with a secret of its own."""
    row = store.insert(db, new_id("wh"), body.url, sorted(set(body.events)), new_secret(), actor.id)
    note(db, actor.id, "webhook.create", row["id"], {"url": body.url})
    return row


@router.get("", summary="List webhooks")
def listed(web: Web, _: Annotated[Actor, Needs("ad_ops")], limit: Limit = 50, cursor: Cursor = None) -> Page[WebhookOut]:
    """Webhooks, newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = store.page(db, limit + 1, place and (place[0], place[1]))
    return page(rows, limit, lambda r: encode(r["created_at"], r["id"]), webhook_out)


def _found(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise Problem("webhook.unknown")
    return row


@router.get("/{webhook:id}", summary="Show a webhook", responses=told("webhook.unknown"))
def one(webhook: HookId, _: Annotated[Actor, Needs("ad_ops")], web: Web) -> WebhookOut:
    """Whom it tells, and whether that works."""
    with web.reading() as db:
        return webhook_out(_found(store.get(db, webhook)))


@router.patch("/{webhook:id}", summary="Change a webhook", responses=told("webhook.unknown", "input.invalid"))
def change(webhook: HookId, body: Change, actor: Annotated[Actor, Needs("ad_ops")], web: Web) -> WebhookOut:
    """Another URL or other events; paused, or active again after it was disabled."""
    check(web, body.url, body.events)
    with web.changing() as db:
        types = None if body.events is None else sorted(set(body.events))
        row = _found(store.change(db, webhook, url=body.url, types=types, state=body.state))
        note(db, actor.id, "webhook.change", webhook, body.model_dump(exclude_none=True))
    return webhook_out(row)


@router.delete("/{webhook:id}", summary="Delete a webhook", status_code=204, responses=told("webhook.unknown"))
def delete(webhook: HookId, actor: Annotated[Actor, Needs("ad_ops")], web: Web) -> Response:
    """Nothing is sent there any more."""
    with web.changing() as db:
        if not store.delete(db, webhook):
            raise Problem("webhook.unknown")
        note(db, actor.id, "webhook.delete", webhook)
    return Response(status_code=204)


@router.post(
    "/{webhook:id}:rotate-secret", summary="Make a new secret", response_model=WebhookSecretOut, responses=told("webhook.unknown")
)
def rotate_secret(webhook: HookId, actor: Annotated[Actor, Needs("ad_ops")], once: MaybeOnce) -> Response:
    """For a day both secrets sign, so that a receiver may change over without losing anything."""

    def work(db: Connection[dict[str, Any]]) -> Answer:
        return Answer(200, _with_secret(rotated(db, webhook, actor)))

    return once.run(work)


def rotated(db: Connection[dict[str, Any]], webhook: str, actor: Actor) -> dict[str, Any]:
    """A webhook with a new secret first. Raises Problem webhook.unknown."""
    row = _found(store.rotate(db, webhook, new_secret()))
    note(db, actor.id, "webhook.rotate", webhook)
    return row


@router.post("/{webhook:id}:test", summary="Send a test", status_code=202, responses=told("webhook.unknown", "webhook.inactive"))
def test(webhook: HookId, actor: Annotated[Actor, Needs("ad_ops")], web: Web) -> DeliveryOut:
    """Puts in an event `webhook.test`; the delivery tells how it went."""
    with web.changing() as db:
        _found(store.get(db, webhook))
        event = new_id("evt")
        if not store.test(db, webhook, event, datetime.now(UTC)):
            raise Problem("webhook.inactive")
        note(db, actor.id, "webhook.test", webhook)
        row = store.deliveries(db, webhook, 1)[0]
    return _delivery(row, [])


@router.get("/{webhook:id}/deliveries", summary="List a webhook's deliveries", responses=told("webhook.unknown"))
def deliveries(
    webhook: HookId,
    _: Annotated[Actor, Needs("ad_ops")],
    web: Web,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[Literal["due", "leased", "delivered", "failed"] | None, Query()] = None,
) -> Page[DeliveryOut]:
    """What was sent and what waits, newest first, with every try."""
    place = decode(cursor, number)
    with web.reading() as db:
        _found(store.get(db, webhook))
        rows = store.deliveries(db, webhook, limit + 1, before=place[0] if place else None, state=state or "")
        tries = store.attempts(db, [r["id"] for r in rows])
    return page(rows, limit, lambda r: encode(r["id"]), lambda r: _delivery(r, tries[r["id"]]))


@router.post(
    "/{webhook:id}/deliveries/{delivery}:replay",
    summary="Send a delivery again",
    status_code=202,
    responses=told("webhook.unknown", "delivery.unknown", "delivery.open", "webhook.inactive"),
)
def replay(webhook: HookId, delivery: Number, actor: Annotated[Actor, Needs("ad_ops")], web: Web) -> DeliveryOut:
    """Under the id that it had, so that a receiver that has seen it knows it."""
    with web.changing() as db:
        hook = _found(store.get(db, webhook))
        row = store.delivery(db, delivery)
        if row is None or row["webhook"] != webhook:
            raise Problem("delivery.unknown")
        if hook["state"] != "active":
            raise Problem("webhook.inactive")
        if not store.replay(db, delivery):
            raise Problem("delivery.open")
        note(db, actor.id, "webhook.replay", webhook, {"delivery": delivery})
        row = store.delivery(db, delivery) or row
        tries = store.attempts(db, [delivery])[delivery]
    return _delivery(row, tries)


def _delivery(row: Mapping[str, Any], tries: list[dict[str, Any]]) -> DeliveryOut:
    names = ("id", "event", "type", "batch", "state", "attempts", "due_at", "created_at", "ended_at", "status", "error")
    shown = ("attempt", "at", "status", "seconds", "response", "error")
    return DeliveryOut(**{n: row[n] for n in names}, tries=[AttemptOut(**{n: t[n] for n in shown}) for t in tries])
