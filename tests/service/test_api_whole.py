"""The whole API by its own document: whom every route serves, and whether it keeps what it promises."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from factory.doors.web.access import ROLES
from factory.doors.web.app import create_app
from factory.doors.web.limits import BURST
from factory.doors.web.routing import GuardedRoute
from factory.doors.web.site.pages import PageRoute
from factory.settings import Settings
from factory.store.pool import connect

if TYPE_CHECKING:
    from conftest import Api

METHODS = ("get", "post", "put", "patch", "delete")
OPEN = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/problems/{code}"}
"""The only paths that serve anybody; adding one is a decision."""

IDS = {"upload": "upl", "brand": "brd", "brief": "brf", "batch": "bat", "key": "key", "webhook": "whk"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    whole = create_app(Settings()).openapi()
    for path, row in whole["paths"].items():
        for method in METHODS:
            if method in row:
                yield method, path, row[method]


def filled(path: str, row: dict[str, Any]) -> str:
    """A path whose ids have the right form and name nothing."""
    for p in row.get("parameters", []):
        if p["in"] == "path":
            value = p.get("examples") or p["schema"].get("examples") or ["0" * 16]
            path = path.replace("{" + p["name"] + "}", str(next(iter(value)) if isinstance(value, list) else "x"))
    return path


def test_every_route_is_guarded_and_says_whom_it_serves() -> None:
    for route in create_app(Settings()).routes:
        assert isinstance(route, (GuardedRoute, PageRoute)) and route.gate is not None, route
        if isinstance(route, GuardedRoute):
            assert route.gate.public == (route.path_format in OPEN), route.path


def test_the_document_tells_of_every_route() -> None:
    app = create_app(Settings())
    told = {(m.upper(), p) for m, p, _ in operations()}
    assert told == {(m, r.path_format) for r in app.routes if isinstance(r, GuardedRoute) for m in r.methods}


def test_roles_times_routes(api: Api) -> None:
    """Each role on each route: refused exactly where the route does not name it."""
    keys = {role: {"Authorization": f"Bearer {api.key(role)}"} for role in ROLES}
    wrong: list[str] = []
    for method, path, row in operations():
        if path in OPEN or path.endswith("/events"):
            continue
        place = filled(path, row)
        without = api.client.request(method, place)
        if without.status_code != 401 or without.json()["code"] != "access.missing":
            wrong.append(f"{method} {path} without a key: {without.status_code}")
        for role in ROLES:
            answer = api.client.request(method, place, headers=keys[role])
            refused = answer.status_code == 403 and answer.json()["code"] == "access.role"
            if refused == (role in row["x-roles"]) or answer.status_code >= 500:
                wrong.append(f"{method} {path} as {role}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_event_streams_are_guarded_like_the_rest(api: Api) -> None:
    for method, path, row in operations():
        if path.endswith("/events"):
            assert api.client.request(method, filled(path, row)).status_code == 401
            assert set(row["x-roles"]) == set(ROLES)


def test_a_scope_of_another_thing_opens_no_route(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.key('admin', scopes=('nothing:read',))}"}
    for method, path, row in operations():
        if path not in OPEN:
            assert api.client.request(method, filled(path, row), headers=headers).json()["code"] == "access.scope", path


def test_every_problem_code_that_a_route_declares_has_a_page(api: Api) -> None:
    codes = {
        code for _, _, row in operations() for answer in row["responses"].values()
        for code in answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }
    assert len(codes) > 30
    for code in sorted(codes):
        page = api.client.get(f"/problems/{code}")
        assert page.status_code == 200 and page.text.startswith(code)
    assert api.client.get("/problems/brief.missing").status_code == 200
    assert api.client.get("/problems/no.such").json()["code"] == "problem.unknown"


@pytest.mark.slow
def test_nothing_that_the_document_allows_breaks_or_belies_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """schemathesis over every operation, in this process, by a fixed seed: no 5xx, no status, type or shape undeclared."""
    from schema_probe import probe

    monkeypatch.setattr("factory.doors.web.limits.BURST", BURST * 1000)
    found, asked = probe(api)
    assert asked > 1000
    assert not found, "\n\n".join(found[:12]) + f"\n{len(found)} in all"
    with contextlib.closing(connect(api.settings.database_url)) as db:
        assert db.execute("select 1 from audit").fetchone()
