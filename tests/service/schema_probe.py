"""schemathesis over the whole app in this process: bounded, by a fixed seed, with ids that name something."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import stocked
from starlette.testclient import TestClient
from test_api_library import BRIEF, YAML, branded, png, uploaded

from factory.store.pool import connect

if TYPE_CHECKING:
    from conftest import Api

SECONDS = int(os.environ.get("PROBE_SECONDS", "50"))
SEED = int(os.environ.get("PROBE_SEED", "20261125"))
"""By hand: longer, by other seeds. The examples are counted; three times as many seconds stop a machine that is too slow."""
HONEST = {"GET /readyz"}
"""It says 503 when a part is missing, and the tests' app has no broker."""

NO_CHANGE = {"POST /v1/briefs:validate", "POST /v1/briefs/{brief}:validate"}

CONFIG: Mapping[str, Any] = {
    "seed": SEED, "max-time": 3 * SECONDS, "continue-on-failure": True, "suppress-health-check": ["all"], "max-stream-events": 3,
    "generation": {"max-examples": max(12, SECONDS // 4), "deterministic": SEED == 20261125, "no-shrink": True},
    "phases": {"coverage": {"enabled": True}, "fuzzing": {"enabled": True}, "examples": {"enabled": True}, "stateful": {"enabled": SECONDS > 100}},
    "checks": {
        "positive_data_acceptance": {"enabled": False},  # a brief, a cursor or an id may have the right form and still be wrong
        "missing_required_header": {"expected-statuses": [401, 415, 422, 428]},
    },
}  # fmt: skip


def probe(api: Api) -> tuple[list[str], int]:
    """What was found, told with the call that shows it; and how many calls were made."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    key = api.key("admin")
    config = SchemathesisConfig.from_dict({**CONFIG, "headers": {"Authorization": f"Bearer {key}"}})
    watched = Watched(api)
    known = seeded(api, TestClient(watched, headers={"Authorization": f"Bearer {key}"}))
    schema = schemathesis.openapi.from_asgi("/openapi.json", watched, config=config)
    schema = schema.exclude(path_regex="/events$")  # a stream that lasts as long as its batch: it has tests of its own
    schema.hook("map_headers")(lambda _context, value: {k: v for k, v in (value or {}).items() if k.lower() != "prefer"})  # no long polls
    for place in ("path_parameters", "query", "body"):
        schema.hook(f"map_{place}")(lambda _context, value: renamed(value, known))
    found: dict[str, str] = {}
    asked = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            found.setdefault(f"{event.label} {event.value}", str(event.value)[:1500])
        if isinstance(event, events.ScenarioFinished):
            asked += len(event.recorder.interactions)
            for case, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None and event.recorder.label not in HONEST:
                        failure = check.failure_info.failure
                        name = f"{event.recorder.label}: {failure.title} ({check.name})"
                        found.setdefault(name, f"{name}\n{failure.message[:600]}\n{check.failure_info.code_sample[:1200]}\n{case}")
    return [*sorted(found.values()), *watched.unwritten()], asked


class Watched:
    """The app for a client that would start and end it with every call; watches whether changes are written to the audit."""

    def __init__(self, api: Api) -> None:
        self.app = api.client.app
        self.db = connect(api.settings.database_url)
        self.done: dict[str, bool] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
        else:
            await self._change(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _change(self, scope: Any, receive: Any, send: Any) -> None:
        told: list[int] = []

        async def seen(message: Any) -> None:
            told.extend([message["status"]] if message["type"] == "http.response.start" else [])
            await send(message)

        before = self._entries()
        await self.app(scope, receive, seen)
        if told and told[0] < 300:
            name = f"{scope['method']} {scope['route'].path_format}"
            self.done[name] = self.done.get(name, False) or self._entries() > before

    def _entries(self) -> int:
        row = self.db.execute("select coalesce(max(seq), 0) as n from audit").fetchone()
        return int(row["n"]) if row else 0

    def unwritten(self) -> list[str]:
        """Changes that went well at least once and were never written down."""
        self.db.close()
        assert len(self.done) > 12, self.done
        return [f"{name} writes nothing into the audit" for name, written in sorted(self.done.items()) if not written and name not in NO_CHANGE]


def renamed(value: Any, known: Mapping[str, str]) -> Any:
    """A value whose well-formed ids name things that are there; half of them, so that unknown ones are asked for too."""
    if isinstance(value, dict):
        return {k: renamed(v, known) for k, v in value.items()}
    if isinstance(value, list):
        return [renamed(v, known) for v in value]
    if isinstance(value, str) and (match := re.fullmatch(r"(?:([a-z]{2,3})_)?[0-9a-f]{16,20}(\\.[0-9a-f]{16})?", value)):
        return known.get("variant" if match[2] else match[1] or "bundle", value) if sum(value.encode()) % 4 else value
    return value


def seeded(api: Api, client: TestClient) -> dict[str, str]:
    """One thing of each kind, made as a client makes it; a batch that workers have finished."""
    brand = branded(client)
    brief = client.post(f"/v1/briefs?brand={brand}", content=BRIEF.read_bytes(), headers=YAML).json()["id"]
    picture = uploaded(client, "picture", png()).json()["id"]
    key = client.post("/v1/api-keys", json={"name": "spare", "roles": ["creator"]}).json()["id"]
    hook = client.post("/v1/webhooks", json={"url": "https://example.org/hook"}).json()["id"]
    stock = stocked.put(api.settings.database_url, brief, 6)
    stocked.make(stock, stock.cells)
    stocked.end(stock)
    client.post("/v1/decisions", json={"decisions": [{"variant": v, "version": 1, "verdict": "approved"} for v in stock.ids[:3]]})
    bundle = client.post("/v1/bundles", json={"batch": stock.batch}, headers={"Idempotency-Key": "seed"})
    known = {"brd": brand, "brf": brief, "upl": picture, "key": key, "wh": hook, "bat": stock.batch, "variant": stock.ids[0]}
    return known | ({"bundle": bundle.json()["id"]} if bundle.status_code == 202 else {})
