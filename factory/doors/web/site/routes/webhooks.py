"""Settings: webhooks and what was sent, for ad operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from fastapi import Form, Path, Query, Request
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes import webhooks as api
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import go, page
from factory.errors import InputError
from factory.store import people
from factory.store import webhooks as store
from factory.store.events import TYPES

router = Pages(tags=["settings"])

HookId = Annotated[str, Path(pattern="^wh_[0-9a-f]{20}$")]
Number = Annotated[int, Path(ge=1, le=2**62)]
Before = Annotated[int | None, Query(ge=1, le=2**62)]
Url = Annotated[str, Form(max_length=2000)]
Types = Annotated[list[str], Form(max_length=40)]
PER_PAGE: Final = 50
STATES: Final = (("", "All"), ("due", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed"))


@router.get("/settings/webhooks")
def hooks(_: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web) -> Response:
    """Every webhook, and a form for one more."""
    return _hooks(request, web)


def _hooks(request: Request, web: Parts, *, url: str = "", types: Iterable[str] = (), faults: dict[str, str] | None = None,
           status: int = 200) -> Response:  # fmt: skip
    with web.reading() as db:
        rows = store.page(db, 200)
    return page(request, "settings_webhooks.html", status=status, title="Webhooks", hooks=rows, url=url, chosen=tuple(types),
                types=TYPES, faults=faults or {})  # fmt: skip


@router.post("/settings/webhooks")
def make_hook(
    actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web, url: Url = "", events: Types = []  # noqa: B006
) -> Response:
    """A webhook: its secret is on the page that answers, and nowhere else."""
    faults = _faults(web, url.strip(), events)
    if faults:
        return _hooks(request, web, url=url, types=events, faults=faults, status=422)
    with web.changing() as db:
        row = api.made(db, api.NewWebhook(url=url.strip(), events=events), actor)
    return _hook(request, web, row["id"], secret=row["secrets"][0]["secret"], status=201)


def _faults(web: Parts, url: str, events: list[str]) -> dict[str, str]:
    if not url:
        return {"url": "Where shall it go? Write it as https://host/path."}
    try:
        api.check(web, url, events)
    except InputError as refused:
        return {"url": " ".join(f"{f.fact.rstrip('.')}. {f.help}" for f in refused.faults)}
    except Problem as refused:
        return {"events": refused.detail}
    return {}


@router.get("/settings/webhooks/{hook}")
def hook(
    hook: HookId, _: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web,
    state: Annotated[Literal["", "due", "delivered", "failed"], Query()] = "", before: Before = None,
) -> Response:
    """A webhook with its delivery log."""
    return _hook(request, web, hook, state=state, before=before)


def _hook(
    request: Request, web: Parts, hook: str, *, state: str = "", before: int | None = None, secret: str = "",
    url: str | None = None, types: list[str] | None = None, faults: dict[str, str] | None = None, status: int = 200,
) -> Response:
    with web.reading() as db:
        row = store.get(db, hook)
        if row is None:
            raise Problem("webhook.unknown")
        rows = store.deliveries(db, hook, PER_PAGE + 1, before=before, state=state)
        shown = rows[:PER_PAGE]
        tries = store.attempts(db, [r["id"] for r in shown])
        names = people.names(db, [row["created_by"]])
    return page(request, "settings_webhook.html", status=status, title="A webhook", hook=api.webhook_out(row), deliveries=shown,
                tries=tries, names=names, secret=secret, state=state, states=STATES, types=TYPES, faults=faults or {},
                url=row["url"] if url is None else url, chosen=row["events"] if types is None else types,
                more=shown[-1]["id"] if len(rows) > PER_PAGE else None)  # fmt: skip


@router.post("/settings/webhooks/{hook}")
def change_hook(
    hook: HookId, actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web, url: Url = "",
    events: Types = [],  # noqa: B006
) -> Response:
    """Another address or other events."""
    faults = _faults(web, url.strip(), events)
    if faults:
        return _hook(request, web, hook, url=url, types=events, faults=faults, status=422)
    api.change(hook, api.Change(url=url.strip(), events=events), actor, web)
    return go(request, f"/settings/webhooks/{hook}", "Kept.")


@router.post("/settings/webhooks/{hook}/state")
def set_state(
    hook: HookId, actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web,
    state: Annotated[Literal["active", "paused"], Form()],
) -> Response:
    """Paused, or active again."""
    api.change(hook, api.Change(state=state), actor, web)
    return go(request, f"/settings/webhooks/{hook}", "Paused: nothing is sent." if state == "paused" else "It is active.")


@router.post("/settings/webhooks/{hook}/rotate")
def rotate(hook: HookId, actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web) -> Response:
    """A new secret; for a day both sign."""
    with web.changing() as db:
        row = api.rotated(db, hook, actor)
    return _hook(request, web, hook, secret=row["secrets"][0]["secret"], status=201)


@router.post("/settings/webhooks/{hook}/test")
def test(hook: HookId, actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web) -> Response:
    """Send a test."""
    return _tried(request, hook, "A test is on its way: look below in a few seconds.", lambda: api.test(hook, actor, web))


@router.post("/settings/webhooks/{hook}/deliveries/{delivery}/replay")
def replay(hook: HookId, delivery: Number, actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web) -> Response:
    """Send it again."""
    return _tried(request, hook, "It is on its way again, under its old id.", lambda: api.replay(hook, delivery, actor, web))


def _tried(request: Request, hook: str, said: str, work: Any) -> Response:
    try:
        work()
    except Problem as refused:
        if refused.status == 404:
            raise
        return go(request, f"/settings/webhooks/{hook}", refused.detail, "bad")
    return go(request, f"/settings/webhooks/{hook}", said)


@router.post("/settings/webhooks/{hook}/delete")
def delete(hook: HookId, actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web) -> Response:
    """The end of a webhook; its log is kept."""
    api.delete(hook, actor, web)
    return go(request, "/settings/webhooks", "Nothing is sent there any more.")
