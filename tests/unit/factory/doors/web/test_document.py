"""The routes and their document, without any server."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any

import pytest
from fastapi import APIRouter

from factory.doors.web import reference
from factory.doors.web.access import Actor, Gate, Needs, Public
from factory.doors.web.app import _guarded, create_app
from factory.doors.web.desk import money
from factory.doors.web.problems import table
from factory.doors.web.rates import Rate
from factory.doors.web.routing import GuardedRoute, Router, merged, told
from factory.settings import Settings


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def routed(endpoint: Any) -> GuardedRoute:
    router = Router(prefix="/x", tags=["x"])
    router.post("")(endpoint)
    route = router.routes[0]
    assert isinstance(route, GuardedRoute)
    return route


def test_a_route_says_whom_it_serves_by_a_parameter() -> None:
    def some(actor: Annotated[Actor, Needs("creator")]) -> None: ...
    def anyone(_: Annotated[None, Public()]) -> None: ...
    def nobody() -> None: ...

    assert [routed(f).gate for f in (some, anyone, nobody)] == [Gate(roles=("creator",)), Gate(public=True), None]
    assert [routed(f).openapi_extra for f in (some, anyone)] == [{"x-roles": ["creator", "admin"], "x-scope": "x:write"}, {"security": []}]


def test_a_role_that_does_not_exist_cannot_be_named() -> None:
    with pytest.raises(ValueError, match="root"):
        Needs("root")


def test_a_router_of_another_make_is_not_taken() -> None:
    router = APIRouter()
    router.get("/open")(lambda: None)
    with pytest.raises(TypeError, match="guarded"):
        _guarded(router)


def test_codes_of_one_status_stand_together() -> None:
    one = merged(told("brief.unknown"), told("brand.unknown"), {302: {"description": "There."}})
    assert set(one) == {404, 302}
    assert set(one[404]["content"]["application/problem+json"]["examples"]) == {"brief.unknown", "brand.unknown"}


def test_every_refusal_in_the_document_is_a_problem_of_the_table(whole: dict[str, Any]) -> None:
    for path, row in whole["paths"].items():
        for operation in row.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if int(status) >= 400 and (path, status) != ("/readyz", "503"):
                    assert list(content) == ["application/problem+json"], (path, status)
                    assert {table()[code].status for code in content["application/problem+json"]["examples"]} == {int(status)}


def test_ids_of_operations_are_unique_and_every_operation_has_words(whole: dict[str, Any]) -> None:
    found = [o for row in whole["paths"].values() for o in row.values()]
    assert len({o["operationId"] for o in found}) == len(found) > 50
    assert all(o.get("summary") and o.get("description") for o in found)


def test_lists_hold_at_most_two_hundred(whole: dict[str, Any]) -> None:
    limits = [p["schema"] for row in whole["paths"].values() for o in row.values() for p in o.get("parameters", []) if p["name"] == "limit"]
    assert limits and all(s["maximum"] <= 200 for s in limits)


def test_the_page_shows_every_operation(whole: dict[str, Any]) -> None:
    page = reference.page(whole, "http://127.0.0.1:8000")
    for row in whole["paths"].values():
        for o in row.values():
            assert f'id="{o["operationId"]}"' in page


@pytest.mark.parametrize(("schema", "words"), [
    ({"type": "integer", "minimum": 1, "maximum": 200}, "integer 1–200"), ({"$ref": "#/components/schemas/BatchOut"}, "BatchOut"),
    ({"type": "array", "items": {"type": "string"}}, "list of string"), ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
    ({"enum": ["a", "b"]}, "a | b"), ({}, "anything"),
])
def test_a_schema_in_a_few_words(schema: dict[str, Any], words: str) -> None:
    assert reference.kind(schema) == words


def test_a_bucket_is_told_as_the_draft_says() -> None:
    assert Rate(left=590, burst=600, per_second=50).headers() == {"RateLimit-Policy": '"key";q=600;w=12', "RateLimit": '"key";r=590;t=1'}


@pytest.mark.parametrize(("seconds", "amount"), [(0, "0.0000"), (3600, "0.1200"), (2, "0.0001"), (1.4, "0.0000"), (1e7, "333.3333")])
def test_money_is_rounded_to_a_hundredth_of_a_cent(seconds: float, amount: str) -> None:
    assert money("0.12 EUR", seconds) == {"amount": amount, "currency": "EUR"}


def test_the_web_door_loads_no_imaging_and_no_queue() -> None:
    code = ("import sys; from factory.settings import Settings; from factory.doors.web.app import create_app; create_app(Settings()).openapi();"
            "print([m for m in ('torch', 'skia', 'cv2', 'celery', 'pipelines', 'workers', 'gpu', 'moviepy') if m in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
