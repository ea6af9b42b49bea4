"""A person's own page."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from factory.store import people
from factory.store.pool import connect
from tests.service.site.conftest import PASSWORD, Site

OTHER = "quite another one"


def test_a_person_says_how_the_pages_are(site: Site) -> None:
    person = site.enter("reviewer")
    assert "data-theme" not in person.see("/account").text.partition("<head>")[0]
    assert person.send("/account/taste", {"theme": "dark"}).status_code == 303
    text = person.see("/account").text
    assert 'data-theme="dark"' in text
    with connect(site.api.settings.database_url) as db:
        row = people.get(db, person.id)
    assert row is not None
    assert (row["theme"], row["keys_on"]) == ("dark", False)
    assert person.send("/account/taste", {"theme": "pink"}).status_code == 422


def test_another_password_needs_the_old_one_and_ends_every_other_session(site: Site) -> None:
    person = site.enter("reviewer", name="Rita")
    elsewhere = site.stranger()
    elsewhere.client.post("/sign-in", data={"name": "Rita", "password": PASSWORD})
    assert elsewhere.see("/").status_code == 200
    for data, said in (({"old": "wrong", "new": OTHER, "again": OTHER}, "not your password"),
                       ({"old": PASSWORD, "new": "short", "again": "short"}, "too short"),
                       ({"old": PASSWORD, "new": OTHER, "again": PASSWORD}, "not the same")):
        answer = person.send("/account/password", data)
        assert answer.status_code == 422
        assert said in answer.text
        assert PASSWORD not in answer.text
    assert elsewhere.see("/").status_code == 200
    assert person.send("/account/password", {"old": PASSWORD, "new": OTHER, "again": OTHER}).status_code == 303
    assert elsewhere.see("/").status_code == 303
    assert person.see("/").status_code == 200
    again = site.stranger().client
    assert again.post("/sign-in", data={"name": "Rita", "password": PASSWORD}).status_code == 401
    assert again.post("/sign-in", data={"name": "Rita", "password": OTHER}).status_code == 303


def test_guessing_the_old_password_has_to_wait(site: Site) -> None:
    person = site.enter("reviewer")
    told = [person.send("/account/password", {"old": "x", "new": OTHER, "again": OTHER}).status_code for _ in range(8)]
    assert told[:6] == [422] * 6
    assert 429 in told[6:]


def test_a_person_signs_out_everywhere_else(site: Site) -> None:
    person = site.enter("reviewer", name="Rita")
    elsewhere = site.stranger()
    elsewhere.client.post("/sign-in", data={"name": "Rita", "password": PASSWORD})
    assert "Sign out everywhere else" in person.see("/account").text
    assert person.send("/account/sessions/end").status_code == 303
    assert elsewhere.see("/").status_code == 303
    assert "Sign out everywhere else" not in person.see("/account").text


def test_a_visit_by_key_is_told_that_it_has_no_account(site: Site) -> None:
    key = site.api.login("admin").headers["authorization"].removeprefix("Bearer ")
    visitor = site.stranger()
    visitor.client.post("/sign-in", data={"key": key})
    text = visitor.see("/account").text
    assert "API key" in text
    assert "/account/password" not in text
    assert visitor.send("/account/taste", {"theme": "dark"}).status_code == 409
    assert visitor.send("/account/password", {"old": "x", "new": OTHER, "again": OTHER}).status_code == 409


def test_our_own_fault_is_told_as_such_with_its_number_and_without_its_innards(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    person = site.enter("creator")
    broken = TestClient(person.client.app, follow_redirects=False, raise_server_exceptions=False, cookies=dict(person.client.cookies))
    monkeypatch.setattr(people, "sessions_of", lambda *_: 1 / 0)
    answer = broken.get("/account")
    assert answer.status_code == 500
    assert "We broke" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "ZeroDivision" not in answer.text


def test_problems_are_told_to_people_in_their_words(site: Site) -> None:
    person = site.enter("creator")
    lost = person.see("/brands/nothing")
    assert "There is no such page" in lost.text
    assert "An admin can give you the role" in person.see("/settings/people").text
    assert person.see("/brands/brd_" + "0" * 20).status_code == 404
    assert "/docs" not in person.see("/nowhere", headers={"Accept": "text/html"}).text
