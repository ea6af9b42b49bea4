"""Every page of the web app, once, by name: what the access tests walk over and what pictures are taken of."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from factory.client import Client, VariantInfo
from factory.store import people
from factory.store.pool import connect
from tests.browser.house import House

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A page, and the state in which it is looked at."""

    name: str
    path: str
    by: str = "Ada"
    """Whose page; "" for a stranger's."""
    keys: tuple[str, ...] = ()
    """Pressed when the page is there: opens a view over it."""
    opens: str = ""
    """What is to be seen then, as a selector."""


STOPS: Final = (
    Stop(name="start", path="/"),
    Stop(name="start-reviewer", path="/", by="Rita"),
    Stop(name="start-ad-ops", path="/", by="Olga"),
    Stop(name="batches", path="/batches"),
    Stop(name="batch", path="/batches/{batch}"),
    Stop(name="batch-log", path="/batches/{batch}/log"),
    Stop(name="review", path="/batches/{batch}/review"),
    Stop(name="review-filtered", path="/batches/{batch}/review?review=pending&kind=image"),
    Stop(name="review-focus", path="/batches/{batch}/review", keys=("ArrowRight", "Enter"), opens="#held #piece"),
    Stop(name="review-reasons", path="/batches/{batch}/review", keys=("ArrowRight", "x"), opens="#why[open]"),
    Stop(name="review-keys", path="/batches/{batch}/review", keys=("?",), opens="#help[open]"),
    Stop(name="variant", path="/variants/{variant}"),
    Stop(name="variant-edited", path="/variants/{edited}"),
    Stop(name="variant-film", path="/variants/{film}"),
    Stop(name="briefs", path="/briefs"),
    Stop(name="brief-begin", path="/briefs/new"),
    Stop(name="brief-blank", path="/briefs/new?blank=1"),
    Stop(name="brief-sample", path="/briefs/new?sample=cold-brew"),
    Stop(name="brief", path="/briefs/{brief}"),
    Stop(name="brief-plan", path="/briefs/{brief}/start"),
    Stop(name="brands", path="/brands"),
    Stop(name="brand", path="/brands/{brand}"),
    Stop(name="brand-new", path="/brands/new"),
    Stop(name="brand-version", path="/brands/{brand}/versions/new"),
    Stop(name="brand-tokens", path="/brands/{brand}/tokens"),
    Stop(name="bundles", path="/bundles"),
    Stop(name="bundle", path="/bundles/{bundle}"),
    Stop(name="bundle-new", path="/batches/{batch}/bundle"),
    Stop(name="account", path="/account"),
    Stop(name="settings-people", path="/settings/people"),
    Stop(name="settings-keys", path="/settings/keys"),
    Stop(name="settings-webhooks", path="/settings/webhooks"),
    Stop(name="settings-webhook", path="/settings/webhooks/{hook}"),
    Stop(name="settings-audit", path="/settings/audit"),
    Stop(name="sign-in", path="/sign-in", by=""),
    Stop(name="join", path="/join/{invitation}", by=""),
    Stop(name="problem", path="/batches/bat_ffffffffffffffffffff"),
    Stop(name="problem-role", path="/settings/people", by="Rita"),
)


def open_at(page: Page, stop: Stop, names: Mapping[str, str]) -> None:
    """Go to a stop and bring it into its state."""
    answer = page.goto(stop.path.format(**names))
    assert answer and answer.status < 500, f"{stop.name} broke: {page.url}"
    if stop.keys:
        page.locator(".card a[tabindex='0']").first.wait_for()  # the script of the grid is there
    for key in stop.keys:
        page.keyboard.press(key)
    if stop.opens:
        page.locator(stop.opens).first.wait_for()


def furnish(house: House, batch: str) -> Mapping[str, str]:
    """Give a house with a finished batch what a page can show: decisions, an edit, a bundle, a hook, a key, a guest."""
    with Client(house.url, house.key) as client:
        names = _reviewed(client, batch)
        names["bundle"] = client.published(client.bundle(batch, archive=True).id).id
        client.wire.ask("GET", f"/v1/bundles/{names['bundle']}/download")
        client.approve(_open(client, batch)[:3])  # these are approved and in no bundle yet
        names["hook"] = _post(client, "/v1/webhooks", {"url": "https://hooks.example.com/creative"})["id"]
        _post(client, "/v1/api-keys", {"name": "Nightly export", "roles": ["ad_ops"], "scopes": ["bundles:read"]})
        brief = client.wire.ask("GET", f"/v1/batches/{batch}").json()["brief"]
        names |= {"batch": batch, "brief": brief, "brand": client.wire.ask("GET", f"/v1/briefs/{brief}").json()["brand"]}
    return names | {"invitation": _invite(house)}


def _post(client: Client, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    got: Mapping[str, Any] = client.wire.ask("POST", path, json=dict(body)).json()
    return got


def _reviewed(client: Client, batch: str) -> dict[str, str]:
    """Two ideas approved but for one variant that is sent back, two of another rejected, one headline written over."""
    ready = _open(client, batch)
    ideas = sorted({v.concept for v in ready})[:2]
    first = [v for v in ready if v.concept in ideas]
    client.approve(first[:-1])
    client.decide(first[-1:], "changes_requested", comment="A calmer picture here, please.")
    rest = [v for v in ready if v.concept not in ideas]
    client.reject(rest[-2:], reason="The message is unclear")
    edited = next(v for v in rest if v.kind == "image" and v.locale == "en" and "art_headline" in v.texts)
    client.made(client.edit(edited, {"art_headline": "Made slowly, by night"}).id)
    film = next((v for v in rest if v.kind == "video"), rest[0])
    return {"variant": first[0].id, "edited": edited.id, "film": film.id}


def _open(client: Client, batch: str) -> list[VariantInfo]:
    return [v for v in client.variants(batch, state="ready", review="pending") if v.verdict != "fail"]


def _invite(house: House) -> str:
    word = secrets.token_urlsafe(24)
    with connect(house.settings.database_url) as db, db.transaction():
        people.put(db, name="Noor", roles=["reviewer"], invitation=hashlib.sha256(word.encode()).digest(), hours=72, by="admin")
    return word
