from __future__ import annotations

import json

import pytest

from factory.doors.web.problems import MEDIA, Problem, answer, faulty, table
from factory.errors import Fault


def told(problem: Problem) -> dict[str, object]:
    response = answer(problem, "r1")
    assert response.media_type == MEDIA
    return dict(json.loads(response.body))


def test_every_row_of_the_table_has_a_status_and_words() -> None:
    for code, row in table().items():
        assert 400 <= row.status < 600 and row.title and row.means.endswith("."), code
        assert row.status == 404 or row.do, f"{code} does not say what to do"


def test_a_problem_says_what_where_and_under_which_id() -> None:
    assert told(Problem("brief.unknown")) == {
        "type": "/problems/brief.unknown", "title": "No such brief", "status": 404, "detail": "No brief has this id.",
        "instance": "urn:request:r1", "code": "brief.unknown",
    }  # fmt: skip


def test_an_unknown_code_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        Problem("no.such")


def test_a_wait_stands_in_the_body_and_in_the_header() -> None:
    problem = Problem("server.busy", retry_after=7)
    assert told(problem)["retry_after"] == 7 and answer(problem, "r").headers["retry-after"] == "7"


def test_who_is_refused_for_a_key_is_told_which_kind() -> None:
    assert answer(Problem("access.missing"), "r").headers["www-authenticate"].startswith("Bearer ")
    assert "www-authenticate" not in answer(Problem("access.role"), "r").headers


def test_all_faults_are_listed_without_empty_fields() -> None:
    problem = faulty([Fault(code="a", fact="A", where="f:1", help="h"), Fault(code="b", fact="B")])
    assert problem.detail == "2 things are wrong."
    assert problem.errors == ({"pointer": "f:1", "code": "a", "detail": "A", "help": "h"}, {"code": "b", "detail": "B"})


def test_text_that_no_encoding_holds_breaks_no_answer() -> None:
    assert told(Problem("request.invalid", "key \ud800"))["detail"] == "key ?"
