"""Settings on pages: people, keys, webhooks and the audit, by forms without scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest

from factory.store import access, people
from factory.store import webhooks as hooks
from factory.store.pool import connect
from tests.service.site.conftest import PASSWORD, Person, Site


def audited(site: Site, action: str) -> list[str]:
    with connect(site.api.settings.database_url) as db:
        return [r["object"] for r in access.audit(db, before=None, limit=100, action=action)]


def secret(text: str) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', text)
    assert found, text
    return found[1]


@pytest.mark.parametrize(("role", "open_to"), [("creator", ()), ("reviewer", ()), ("ad_ops", ("webhooks",)), ("admin", ("people", "keys", "webhooks", "audit"))])
def test_settings_are_for_those_whom_they_concern(site: Site, role: str, open_to: tuple[str, ...]) -> None:
    person = site.enter(role)
    for part in ("people", "keys", "webhooks", "audit"):
        assert person.see(f"/settings/{part}").status_code == (200 if part in open_to else 403)
    assert person.see("/settings").headers["location"] == (f"/settings/{open_to[0]}" if open_to else "/account")


def test_a_stranger_changes_nothing(site: Site) -> None:
    site.enter("admin", name="Ada")
    for path in ("/settings/people", "/settings/keys", "/settings/webhooks"):
        answer = site.stranger().client.post(path, data={"name": "Eve", "roles": "admin", "url": "https://eve.example/x"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert audited(site, "person.invite") == []


# ------------------------------------------------------------------------------------------------ people


def test_an_invitation_is_shown_once_and_opens_the_door(site: Site) -> None:
    ada = site.enter("admin", name="Ada")
    made = ada.send("/settings/people", {"name": "Nora <b>", "roles": ["creator", "reviewer"]})
    assert made.status_code == 201
    path = "/join/" + secret(made.text).rpartition("/join/")[2]
    assert "Nora &lt;b&gt;" in made.text
    assert "Nora <b>" not in made.text
    assert path not in ada.see("/settings/people").text
    nora = site.stranger()
    assert nora.client.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert nora.see("/settings/people").status_code == 403
    assert len(audited(site, "person.invite")) == 1


def test_an_invitation_with_faults_keeps_what_was_typed(site: Site) -> None:
    ada = site.enter("admin", name="Ada")
    taken = ada.send("/settings/people", {"name": "ADA", "roles": ["creator"]})
    assert taken.status_code == 422
    assert 'value="ADA"' in taken.text
    assert "Somebody here is called ADA" in taken.text
    nothing = ada.send("/settings/people", {"name": " "})
    assert nothing.status_code == 422
    assert "Choose at least one role" in nothing.text


def test_the_last_admin_stays(site: Site) -> None:
    ada = site.enter("admin", name="Ada")
    for path, data in ((f"/settings/people/{ada.id}/roles", {"roles": "creator"}), (f"/settings/people/{ada.id}/disable", {})):
        assert ada.send(path, data).status_code == 303
        assert "only admin" in ada.see("/settings/people").text
    bea = site.enter("admin", name="Bea")
    assert ada.send(f"/settings/people/{bea.id}/disable").status_code == 303
    assert bea.see("/").status_code == 303
    assert ada.send(f"/settings/people/{bea.id}/enable").status_code == 303
    assert ada.send(f"/settings/people/{ada.id}/roles", {"roles": "creator"}).status_code == 303
    assert ada.see("/settings/people").status_code == 403


def test_a_new_link_ends_the_one_before(site: Site) -> None:
    ada = site.enter("admin", name="Ada")
    first = "/join/" + secret(ada.send("/settings/people", {"name": "Nora", "roles": "creator"}).text).rpartition("/")[2]
    with connect(site.api.settings.database_url) as db:
        nora = next(p["id"] for p in people.every(db) if p["name"] == "Nora")
    again = "/join/" + secret(ada.send(f"/settings/people/{nora}/invite").text).rpartition("/")[2]
    assert site.stranger().see(first).status_code == 401
    assert site.stranger().see(again).status_code == 200
    assert ada.send("/settings/people/per_" + "0" * 20 + "/invite").status_code == 404


# ------------------------------------------------------------------------------------------------ keys


def test_a_key_is_shown_once_rotated_and_revoked(site: Site) -> None:
    ada = site.enter("admin", name="Ada")
    made = ada.send("/settings/keys", {"name": "Pipeline", "roles": "creator", "scopes": ["briefs:read", "briefs:write"], "lasts": "90"})
    assert made.status_code == 201
    key = secret(made.text)
    assert key not in ada.see("/settings/keys").text
    api = site.api.client
    assert api.get("/v1/briefs", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert api.get("/v1/batches", headers={"Authorization": f"Bearer {key}"}).status_code == 403
    [id] = audited(site, "api-key.create")
    fresh = secret(ada.send(f"/settings/keys/{id}/rotate").text)
    assert api.get("/v1/briefs", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert api.get("/v1/briefs", headers={"Authorization": f"Bearer {fresh}"}).status_code == 200
    assert ada.send(f"/settings/keys/{id}/revoke").status_code == 303
    assert api.get("/v1/briefs", headers={"Authorization": f"Bearer {fresh}"}).status_code == 401
    assert "revoked" in ada.see("/settings/keys").text


def test_a_key_with_faults_keeps_what_was_typed(site: Site) -> None:
    ada = site.enter("admin", name="Ada")
    answer = ada.send("/settings/keys", {"name": "", "scopes": "briefs:read", "lasts": "30"})
    assert answer.status_code == 422
    assert "which program will use it?" in answer.text
    assert "Choose at least one role" in answer.text
    assert re.search(r'value="briefs:read" checked', answer.text)
    assert ada.send("/settings/keys", {"name": "x", "roles": "emperor"}).status_code == 422


def test_the_last_admin_key_stays(site: Site) -> None:
    key = site.api.login("admin").headers["authorization"].removeprefix("Bearer ")
    visitor = site.stranger()
    visitor.client.post("/sign-in", data={"key": key})
    with connect(site.api.settings.database_url) as db:
        id = access.keys(db, None, 1)[0]["id"]
    assert visitor.send(f"/settings/keys/{id}/revoke").status_code == 303
    assert "last admin key" in visitor.see("/settings/keys").text


# ------------------------------------------------------------------------------------------------ webhooks


def hooked(person: Person) -> tuple[str, str]:
    made = person.send("/settings/webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["batch.completed"]})
    assert made.status_code == 201, made.text
    found = re.search(r"/settings/webhooks/(wh_[0-9a-f]{20})/", made.text)
    assert found
    return found[1], secret(made.text)


def test_a_webhook_is_added_tested_paused_and_deleted(site: Site) -> None:
    olga = site.enter("ad_ops", name="Olga")
    hook, first = hooked(olga)
    page = f"/settings/webhooks/{hook}"
    assert first.startswith("whsec_")
    assert first not in olga.see(page).text
    assert secret(olga.send(f"{page}/rotate").text) != first
    assert "two secrets sign" in olga.see(page).text
    assert olga.send(f"{page}/test").status_code == 303
    assert "webhook.test" in olga.see(page).text
    assert olga.send(f"{page}/state", {"state": "paused"}).status_code == 303
    assert olga.send(f"{page}/test").status_code == 303
    assert "paused or disabled" in olga.see(page).text
    assert olga.send(page, {"url": "http://127.0.0.1:9/other", "events": ["bundle.ready"]}).status_code == 303
    assert "127.0.0.1:9/other" in olga.see(page).text
    assert olga.send(f"{page}/delete").status_code == 303
    assert olga.see(page).status_code == 404


def test_an_address_that_must_not_be_told_is_refused_at_its_field(site: Site) -> None:
    olga = site.enter("ad_ops", name="Olga")
    answer = olga.send("/settings/webhooks", {"url": "ftp://x.example/<i>", "events": ["batch.completed"]})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "ftp://x.example/&lt;i&gt;" in answer.text
    assert 'value="batch.completed" checked' in answer.text
    assert olga.send("/settings/webhooks", {"url": ""}).status_code == 422
    assert olga.send("/settings/webhooks", {"url": "https://x.example/", "events": ["batch.exploded"]}).status_code == 422


def test_a_delivery_that_failed_is_shown_with_its_tries_and_sent_again(site: Site) -> None:
    olga = site.enter("ad_ops", name="Olga")
    hook, _ = hooked(olga)
    page = f"/settings/webhooks/{hook}"
    olga.send(f"{page}/test")
    with connect(site.api.settings.database_url) as db, db.transaction():
        [claimed] = hooks.claim(db, 1, 60)
        db.execute("update deliveries set attempts = 8")
        assert hooks.record(db, {**claimed, "attempts": 8}, hooks.Outcome(status=500, seconds=0.2, response="<script>no</script>"), datetime.now(UTC))
    text = olga.see(page).text
    assert "&lt;script&gt;no" in text
    assert "<script>no" not in text
    assert "webhook.test" in olga.see(f"{page}?state=failed").text
    assert "Nothing of this kind" in olga.see(f"{page}?state=delivered").text
    assert olga.send(f"{page}/deliveries/{claimed['id']}/replay").status_code == 303
    assert "Nothing of this kind" in olga.see(f"{page}?state=failed").text
    assert olga.send(f"{page}/deliveries/{claimed['id']}/replay").status_code == 303  # it has not ended
    assert "still tried" in olga.see(page).text


# ------------------------------------------------------------------------------------------------ audit


def test_the_audit_is_narrowed_paged_and_taken_away(site: Site) -> None:
    ada = site.enter("admin", name="Ada")
    with connect(site.api.settings.database_url) as db, db.transaction():
        for n in range(60):
            access.note(db, ada.id, "thing.do" if n % 2 else "=cmd", f"@thing{n}", {"n": n, "why": "<b>"})
    first = ada.see("/settings/audit")
    assert "@thing59" in first.text
    assert "@thing5<" not in first.text
    assert "&lt;b&gt;" in first.text
    before = re.search(r"before=(\d+)", first.text)
    assert before
    assert "@thing5<" in ada.see(f"/settings/audit?before={before[1]}").text
    some = ada.see("/settings/audit?action=thing.do&object=@thing7").text
    assert "@thing7<" in some
    assert "@thing59" not in some
    assert "Nothing like this" in ada.see("/settings/audit?actor=nobody").text
    lines = [json.loads(x) for x in ada.see("/settings/audit/export.jsonl?action=thing.do").text.splitlines()]
    assert len(lines) == 30
    rows = list(csv.DictReader(io.StringIO(ada.see("/settings/audit/export.csv").text)))
    assert len(rows) == 60
    assert rows[0]["object"] == "'@thing59"  # no formula for a spreadsheet
    assert {r["action"] for r in rows} == {"'=cmd", "thing.do"}
    assert site.enter("ad_ops").see("/settings/audit/export.csv").status_code == 403
