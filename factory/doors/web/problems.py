"""Every error as a problem (RFC 9457): a stable type, what is wrong in this request, where, and what to do.

A route raises `Problem("brief.unknown", "...")`; its status and title stand in `problems.yaml` under the code, and
/problems/<code> tells what it means. Errors of our own (`InputError` and its kin) become problems by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import yaml
from starlette.responses import Response

from factory.errors import Fault

if TYPE_CHECKING:
    from factory.doors.web.rates import Rate

MEDIA: Final = "application/problem+json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One kind of problem."""

    status: int
    title: str
    means: str
    do: str = ""


@lru_cache(maxsize=1)
def table() -> Mapping[str, Row]:
    """Every code of `problems.yaml`."""
    text = (files("factory.doors.web") / "problems.yaml").read_text(encoding="utf-8")
    return {code: Row(**row) for code, row in yaml.safe_load(text).items()}


class Problem(Exception):  # noqa: N818  (it is what RFC 9457 calls it)
    """A request that is refused. `code` is one of `problems.yaml`; `detail` says what is wrong with this one."""

    def __init__(
        self, code: str, detail: str = "", *, errors: Sequence[Mapping[str, Any]] = (), retry_after: int | None = None,
        headers: Mapping[str, str] | None = None, rate: Rate | None = None,
    ) -> None:
        row = table()[code]
        self.code, self.status, self.title = code, row.status, row.title
        self.detail = detail or row.means
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.headers = dict(headers or {}) | ({"Retry-After": str(retry_after)} if retry_after else {})
        self.rate = rate
        super().__init__(f"{code}: {self.detail}")


def faulty(faults: Iterable[Fault], code: str = "input.invalid", detail: str = "") -> Problem:
    """A problem with every fault of an input."""
    found = [error(f.code, f.fact, f.where, f.help) for f in faults]
    return Problem(code, detail or (f"{len(found)} things are wrong." if len(found) > 1 else found[0]["detail"]), errors=found)


def error(code: str, detail: str, pointer: str = "", help: str = "") -> dict[str, Any]:
    """One entry of a problem's `errors`; without empty fields."""
    return {k: v for k, v in {"pointer": pointer, "code": code, "detail": detail, "help": help}.items() if v}


def body(problem: Problem, request_id: str) -> dict[str, Any]:
    """A problem's members."""
    told: dict[str, Any] = {
        "type": f"/problems/{problem.code}", "title": problem.title, "status": problem.status, "detail": problem.detail,
        "instance": f"urn:request:{request_id}", "code": problem.code,
    }  # fmt: skip
    if problem.errors:
        told["errors"] = list(problem.errors)
    if problem.retry_after:
        told["retry_after"] = problem.retry_after
    return told


def answer(problem: Problem, request_id: str) -> Response:
    """A problem as a response. Text that no encoding can hold is shown as question marks."""
    text = json.dumps(body(problem, request_id), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    headers = {"Cache-Control": "no-store", **problem.headers}
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="creative-factory"'
    return Response(text, status_code=problem.status, media_type=MEDIA, headers=headers)
