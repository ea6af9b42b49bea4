"""Whatever a route raises becomes a problem, without a word of what happened inside."""

from __future__ import annotations

from typing import Annotated

import psycopg
import pytest
from psycopg_pool import PoolTimeout
from starlette.testclient import TestClient

from brand_kits.errors import KitError, KitFault
from factory.doors.web.access import Public
from factory.doors.web.app import create_app
from factory.doors.web.routing import Router
from factory.errors import Fault, InputError, RefusedError, StageError, StoreError
from factory.settings import Settings

FAULTS = [Fault(code="a", fact="hidden no", where="x"), Fault(code="b", fact="B")]


@pytest.mark.parametrize(("raised", "status", "code"), [
    (InputError(FAULTS), 422, "input.invalid"), (KitError([KitFault(code="a", fact="A", where="", help="")]), 422, "input.invalid"),
    (RefusedError("No.", code="bundle.empty"), 422, "input.refused"), (StageError("x"), 422, "input.refused"),
    (StoreError("secret", code="storage.down"), 503, "server.busy"), (StoreError("secret", code="storage.digest"), 500, "server.error"),
    (psycopg.OperationalError("secret"), 503, "server.busy"), (PoolTimeout("secret"), 503, "server.busy"),
    (psycopg.errors.DeadlockDetected("secret"), 503, "server.busy"), (psycopg.errors.QueryCanceled("secret"), 503, "server.busy"),
    (psycopg.DataError("secret"), 422, "request.characters"), ("\ud800", 422, "request.characters"),
    (psycopg.errors.CheckViolation("secret"), 409, "state.conflict"), (psycopg.ProgrammingError("secret"), 500, "server.error"),
    (KeyError("secret"), 500, "server.error"),
])
def test_an_error_of_any_kind_is_a_problem(raised: Exception | str, status: int, code: str) -> None:
    router = Router(prefix="/x", tags=["x"])

    @router.get("")
    def broken(_: Annotated[None, Public()]) -> dict[str, str]:
        if isinstance(raised, str):
            raised.encode()
            raise AssertionError
        raise raised

    app = create_app(Settings())
    app.router.routes.extend(router.routes)
    answer = TestClient(app).get("/x")
    told = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json" and "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)
    assert not isinstance(raised, InputError) or len(told["errors"]) == 2


def test_the_headers_of_safety_stand_on_every_answer() -> None:
    answer = TestClient(create_app(Settings())).get("/nothing")
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"] and "server" not in answer.headers


def test_a_method_of_another_route_is_told_all_that_the_path_takes() -> None:
    answer = TestClient(create_app(Settings())).put("/v1/briefs/brf_00000000000000000000:validate")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert TestClient(create_app(Settings())).put("/v1/briefs").headers["allow"] == "GET, POST"
