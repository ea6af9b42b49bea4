"""Coming in, and what keeps others out."""

from __future__ import annotations

import hashlib
import secrets

import pytest

from factory.doors.web.access import Gate
from factory.doors.web.app import create_app
from factory.doors.web.site import passwords
from factory.doors.web.site.pages import PageRoute
from factory.store import people
from factory.store.pool import connect
from tests.service.site.conftest import PASSWORD, Site


def test_a_stranger_is_shown_the_door_and_comes_back_to_where_they_were(site: Site):
    stranger = site.stranger()
    answer = stranger.see("/?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2F%3Fx%3D1"
    site.enter("reviewer", name="Rita")
    back = stranger.client.post("/sign-in", data={"name": "rita", "password": PASSWORD, "next": "/?x=1"})
    assert (back.status_code, back.headers["location"]) == (303, "/?x=1")
    assert "Hello, Rita" in stranger.see("/").text


@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(site: Site, next: str):
    site.enter("reviewer", name="Rita")
    answer = site.stranger().client.post("/sign-in", data={"name": "Rita", "password": PASSWORD, "next": next})
    assert answer.headers["location"] == "/"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(site: Site):
    site.enter("reviewer", name="Rita")
    stranger = site.stranger()
    wrong = stranger.client.post("/sign-in", data={"name": "Rita", "password": "wrong"})
    unknown = stranger.client.post("/sign-in", data={"name": "Nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("Rita", "Nobody") == unknown.text.replace(_request(unknown.text), _request(wrong.text))


def _request(text: str) -> str:
    return text.partition("<code>")[2].partition("</code>")[0] or "none"


def test_guessing_has_to_wait(site: Site):
    stranger = site.stranger()
    told = [stranger.client.post("/sign-in", data={"name": "Rita", "password": "x"}).status_code for _ in range(8)]
    assert told[:6] == [401] * 6
    assert 429 in told[6:]


def test_an_admins_key_opens_the_door_until_it_is_revoked(site: Site):
    key = site.api.login("admin").headers["authorization"].removeprefix("Bearer ")
    stranger = site.stranger()
    assert stranger.client.post("/sign-in", data={"key": key}).status_code == 303
    assert stranger.see("/").status_code == 200
    with connect(site.api.settings.database_url) as db:
        db.execute("update api_keys set revoked_at = now()")
    assert stranger.see("/").status_code == 303


def test_a_change_without_the_sessions_mark_or_from_another_site_is_refused(site: Site):
    person = site.enter("reviewer")
    assert person.send("/sign-out", mark="0" * 32).status_code == 403
    assert person.send("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert person.send("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert person.see("/").status_code == 200
    assert person.send("/sign-out").status_code == 303
    assert person.see("/").status_code == 303


def test_an_invitation_lets_a_person_choose_a_password_once(site: Site):
    token = secrets.token_urlsafe(32)
    with connect(site.api.settings.database_url) as db, db.transaction():
        people.put(db, name="Nora", roles=["creator"], invitation=hashlib.sha256(token.encode()).digest(), hours=1, by="test")
    nora = site.stranger()
    assert "Welcome, Nora" in nora.see(f"/join/{token}").text
    short = nora.client.post(f"/join/{token}", data={"password": "short", "again": "short"})
    assert short.status_code == 422
    long = "a long enough one"
    assert nora.client.post(f"/join/{token}", data={"password": long, "again": "another one!"}).status_code == 422
    assert nora.client.post(f"/join/{token}", data={"password": long, "again": long}).status_code == 303
    assert "Hello, Nora" in nora.see("/").text
    assert nora.client.post(f"/join/{token}", data={"password": long, "again": long}).status_code == 401


def test_a_disabled_person_is_out_at_once(site: Site):
    person = site.enter("creator")
    with connect(site.api.settings.database_url) as db, db.transaction():
        people.set_disabled(db, person.id, True)
    assert person.see("/").status_code == 303
    assert site.stranger().client.post("/sign-in", data={"name": person.name, "password": PASSWORD}).status_code == 401


def test_every_page_declares_whom_it_serves():
    routes = [r for r in create_app().routes if isinstance(r, PageRoute)]
    assert routes
    assert all(isinstance(r.gate, Gate) for r in routes)
    public = {r.path for r in routes if r.gate.public}
    assert public == {"/sign-in", "/join/{invitation}", "/static/fonts.css", "/static/{digest}/{name}", "/favicon.ico"}


def test_pages_load_nothing_from_elsewhere_and_run_nothing_that_is_written_into_them(site: Site):
    answer = site.enter("creator").see("/")
    rules = dict(r.strip().partition(" ")[::2] for r in answer.headers["content-security-policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert " onclick" not in answer.text


def test_an_unknown_address_is_told_as_a_page_to_people_and_as_a_problem_to_programs(site: Site):
    person = site.stranger()
    assert "Nothing" in person.see("/nowhere", headers={"Accept": "text/html"}).text
    assert person.see("/v1/nowhere", headers={"Accept": "text/html"}).headers["content-type"] == "application/problem+json"


def test_a_password_is_kept_as_a_slow_hash_and_nobodys_takes_as_long():
    kept = passwords.hashed("correct horse")
    assert passwords.holds("correct horse", kept)
    assert not passwords.holds("wrong horse", kept)
    assert not passwords.holds("", None)
    assert "horse" not in kept
    assert passwords.hashed("correct horse") != kept


def test_files_of_pages_are_kept_for_good_under_their_digest_only(site: Site):
    person = site.stranger()
    address = next(x for x in person.see("/sign-in").text.split('"') if x.endswith("/base.css"))
    assert "immutable" in person.see(address).headers["cache-control"]
    other = address.replace(address.split("/")[2], "0" * 12)
    assert person.see(other).headers["cache-control"] == "no-store"
    assert person.see(address.replace("base.css", "..%2fapp.py")).status_code == 404
