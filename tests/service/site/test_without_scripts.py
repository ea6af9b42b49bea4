"""Every form of every page does its work for a browser that runs no scripts: all are found, and all are sent."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import stocked
from finished import act
from forms import Form, Sheet
from test_batches import fail
from test_briefs import brand
from test_bundles import approve

from factory.doors.web.site.pages import PageRoute
from factory.store.pool import connect
from tests.service.site.conftest import PASSWORD, Person, Site

if TYPE_CHECKING:
    from httpx import Response

pytestmark = pytest.mark.xdist_group("make")

ROLES: Final = ("ad_ops", "reviewer", "creator", "admin")
NOT_HERE: Final = frozenset({"/briefs/check", "/settings/webhooks/{hook}/deliveries/{delivery}/replay", "/sign-in", "/join/{invitation}"})
"""The first is for scripts: it says beside the form what the form's button says on the page. The second waits for a delivery
that failed: test_settings_pages.py has one. The others are doors for strangers: below."""
LAST: Final = ("/sign-out", "/account/sessions/end", "/account/password", "/settings/webhooks/{hook}/delete")
"""Sent when all others were: they end what the others need."""

WORDS: Final = {
    "name": "Noor", "url": "https://hooks.example.com/creative", "reason": "The price is wrong.", "text": "A calmer one, please.",
    "current": "not my password", "password": "another good password", "again": "another good password", "t.art_headline": "Made by night",
}
"""What somebody writes into fields that are empty, or there to be written over."""

EACH: Final = 4
"""So many pages of a sort are looked at: batches in several states, variants in several states."""


def test_every_form_is_found_and_works(site: Site):
    people = {role: site.enter(role, name=f"{role} at work") for role in ROLES}
    site.enter("reviewer", name="Aaron")  # the first of the list: who is shut out is not one of those at work
    true = furnish(site, people["creator"], people["ad_ops"])
    made = people["admin"].send("/settings/keys", {"name": "Nightly export", "roles": "ad_ops"}, page="/settings/keys")
    assert made.status_code == 201, made.text
    elsewhere = site.stranger().client.post("/sign-in", data={"name": people["admin"].name, "password": PASSWORD})
    assert elsewhere.status_code == 303
    walk = Walk(site)
    for _round in range(3):  # what a form makes has forms of its own
        for person in people.values():
            walk.look(person)
        if not walk.send_new():
            break
        hold(site, true)
        act(site.api)
    walk.send_last()
    assert not walk.wrong, "\n".join(walk.wrong)
    every = {r.path for r in routes(site, "POST")}
    missing = sorted(every - walk.sent_to - NOT_HERE)
    assert not missing, f"routes of forms that no page shows: {missing}"


def test_the_doors_work_for_strangers(site: Site):
    person, stranger = site.enter("admin"), site.stranger()
    invited = person.send("/settings/people", {"name": "Noor", "roles": "reviewer"}, page="/settings/people")
    word = re.search(r"/join/([A-Za-z0-9_-]+)", invited.text)
    assert word, invited.text
    for path, words in ((f"/join/{word[1]}", WORDS), ("/sign-in", {"name": "Noor", "password": WORDS["password"]})):
        form = next(f for f in Sheet(path, stranger.see(path).text).forms)
        answer = submit(stranger, form, form.buttons[0], words)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
        stranger.send("/sign-out")


# ------------------------------------------------------------------------------------------------ what there is to see


def furnish(site: Site, creator: Person, ad_ops: Person) -> str:
    """A brand, a brief, a batch that is truly made and published; one that is being made, and one that failed. The true one is told."""
    name = brand(site)
    page = f"/briefs/new?brand={name}&sample=cold-brew"
    form = next(f for f in Sheet(page, creator.see(page).text).forms if f.given.get("id") == "form")
    kept = submit(creator, form, next(b for b in form.buttons if b.get("value") == "keep"), {})
    assert kept.status_code == 303, kept.text
    plan = kept.headers["location"]
    form = next(f for f in Sheet(plan, creator.see(plan).text).forms if f.action({}) == plan)
    for control in form.controls:
        control.value = {"variants": "3", "films": "no"}.get(control.name, control.value)
    started = submit(creator, form, next(b for b in form.buttons if b.get("value") == "start"), {})
    true = started.headers["location"].rpartition("/")[2]
    act(site.api)
    assert ad_ops.send(f"/batches/{true}/bundle", {"include": "unreviewed"}).status_code == 303  # without a zip: one may be asked for
    act(site.api)
    approve(site, true, 1)
    _live, failed = (stocked.put(site.api.settings.database_url, plan.split("/")[2], 2) for _n in range(2))
    fail(failed, failed.cells, "The disk is full")
    stocked.end(failed, "completed_with_errors")
    return true


def hold(site: Site, true: str) -> None:
    """All other batches are in the hands of workers elsewhere."""
    with closing(connect(site.api.settings.database_url)) as db:
        db.execute("update jobs set state = 'leased', token = nextval('job_tokens'), leased_until = now() + interval '1 hour' "
                   "where batch <> %s and state in ('ready', 'blocked')", (true,))


def routes(site: Site, method: str) -> list[PageRoute]:
    return [r for r in site.api.client.app.routes if isinstance(r, PageRoute) and method in r.methods]  # type: ignore[attr-defined]


def submit(person: Person, form: Form, button: dict[str, str], words: dict[str, str], *, marked: bool = True) -> Response:
    """Send a form as a browser does."""
    data: dict[str, list[str]] = {}
    for name, value in form.fields(button, words):
        if marked or name != "_mark":
            data.setdefault(name, []).append(value)
    if form.given.get("method", "get").lower() == "get":
        return person.client.get(urlsplit(form.action(button)).path, params=data)
    files = [(name, ("", b"", "application/octet-stream")) for name in form.files(button)]
    return person.client.post(form.action(button), data=data, files=files or None)


class Walk:
    """People who go through every page and press every button once."""

    def __init__(self, site: Site) -> None:
        self.site, self.gets, self.posts = site, routes(site, "GET"), routes(site, "POST")
        self.wrong: list[str] = []
        self.done: set[tuple[str, ...]] = set()
        self.sent_to: set[str] = set()
        self.new: list[tuple[Person, Form, dict[str, str], str]] = []
        self.last: list[tuple[Person, Form, dict[str, str], str]] = []

    def look(self, person: Person) -> None:
        """Every page that links lead to, a few of each sort."""
        waiting, known, sorts = ["/"], {"/"}, dict[tuple[str, ...], int]()
        while waiting:
            page = waiting.pop(0)
            answer = person.see(page)
            if answer.status_code == 303 and answer.headers["location"] not in known:
                known.add(answer.headers["location"])
                waiting.append(answer.headers["location"])
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            sheet = Sheet(page, answer.text)
            if answer.status_code != 200 or not whole(answer):
                self.wrong.append(f"{page}: {answer.status_code}")
            self.wrong += [f"dead without scripts: {d}" for d in sheet.dead]
            for form in sheet.forms:
                self.note(person, form)
            for link in (urljoin(page, x).partition("#")[0] for x in sheet.links):
                sort = self.sort(link)
                if link not in known and sort and sorts.get(sort, 0) < EACH:
                    known.add(link)
                    sorts[sort] = sorts.get(sort, 0) + 1
                    waiting.append(link)

    def sort(self, link: str) -> tuple[str, ...]:
        """What a page is of: its route and what is asked of it; nothing for what is no page of ours."""
        there = urlsplit(link)
        found = next((r.path for r in self.gets if not there.netloc and r.path_regex.match(there.path)), "")
        return (found, *sorted(k for k, _v in parse_qsl(there.query))) if found else ()

    def note(self, person: Person, form: Form) -> None:
        method = form.given.get("method", "get").lower()
        if not form.buttons or method not in ("get", "post"):
            self.wrong.append(f"{form.page}: a form that nothing sends: {form.given}")
        if method == "post" and not any(c.name == "_mark" for c in form.controls):
            self.wrong.append(f"{form.page}: a form without the mark: {form.given}")
        for button in form.buttons:
            path = urlsplit(form.action(button)).path
            route = next((r.path for r in (self.posts if method == "post" else self.gets) if r.path_regex.match(path)), "")
            deed = re.sub(r"\d+", "#", button.get("value", "")) if button.get("name") != "reason" else ""
            if not route:
                self.wrong.append(f"{form.page}: nothing answers {method} {path}")
            elif (method, route, button.get("name", ""), deed) not in self.done:
                self.done.add((method, route, button.get("name", ""), deed))
                (self.last if route in LAST else self.new).append((person, form, button, route))

    def send_new(self) -> bool:
        sending, self.new = self.new, []
        for one in sending:
            self.send(*one)
        return bool(sending)

    def send_last(self) -> None:
        for one in sorted(self.last, key=lambda one: -LAST.index(one[3])):
            self.send(*one)

    def send(self, person: Person, form: Form, button: dict[str, str], route: str) -> None:
        """Without the mark it is refused, with it it is taken or told what is wrong, on a whole page each time."""
        what = f"{form.page}: {form.given.get('method')} {form.action(button)} {button.get('name', '')}={button.get('value', '')}"
        if form.given.get("method", "get").lower() == "post":
            bare = submit(person, form, button, WORDS, marked=False)
            if bare.status_code != 403 or not whole(bare):
                self.wrong.append(f"{what}: {bare.status_code} without the mark")
            self.sent_to.add(route)
        answer = submit(person, form, button, WORDS)
        if answer.status_code == 303:
            answer = person.see(answer.headers["location"])
        if answer.status_code not in (200, 201, 409, 422) or not whole(answer):
            self.wrong.append(f"{what}: {answer.status_code} {answer.text[:300]}")


def whole(answer: Response) -> bool:
    return answer.text.startswith("<!doctype html>") and "<main" in answer.text and answer.text.rstrip().endswith("</html>")
