"""People at the pages, as browsers without scripts would be.

    site.enter("creator", "reviewer")   a person with these roles, signed in
    site.stranger()                     nobody
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from factory.doors.web.site import passwords
from factory.store import people
from factory.store.pool import connect

if TYPE_CHECKING:
    from httpx import Response
    from starlette.testclient import TestClient

    from tests.service.conftest import Api

PASSWORD = "correct horse battery"
HASHED = passwords.hashed(PASSWORD)


@dataclass
class Person:
    """Somebody at the pages."""

    client: TestClient
    name: str = ""
    id: str = ""

    def see(self, path: str, **given: Any) -> Response:
        """Open a page."""
        return self.client.get(path, **given)

    def send(self, path: str, data: Mapping[str, Any] | None = None, *, page: str = "", mark: str | None = None, **given: Any) -> Response:
        """Send a form with the mark that the page (or the start) shows."""
        told = self.mark(page or "/") if mark is None else mark
        return self.client.post(path, data={"_mark": told, **(data or {})}, **given)

    def mark(self, page: str = "/") -> str:
        found = re.search(r'<meta name="mark" content="([0-9a-f]+)">', self.client.get(page).text)
        return found[1] if found else ""


@dataclass
class Site:
    """The pages of one web app."""

    api: Api
    seen: list[Person] = field(default_factory=list)

    def stranger(self) -> Person:
        from starlette.testclient import TestClient

        return Person(TestClient(self.api.client.app, follow_redirects=False))

    def enter(self, *roles: str, name: str = "") -> Person:
        """A person with these roles, signed in by the form."""
        who = name or f"{'-'.join(roles)}-{secrets.token_hex(3)}"
        with connect(self.api.settings.database_url) as db, db.transaction():
            row = people.put(db, name=who, roles=roles, invitation=secrets.token_bytes(32), hours=1, by="test")
            people.join(db, row["id"], HASHED)
        person = self.stranger()
        answer = person.client.post("/sign-in", data={"name": who, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return Person(person.client, who, row["id"])


@pytest.fixture
def site(api: Api) -> Site:
    """The pages, with nobody in them yet."""
    return Site(api)


class Outline(HTMLParser):
    """What a page is made of: `texts`, `links`, `forms` (method, action), `ids`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "form":
            self.forms.append((str(given.get("method", "get")), str(given.get("action", ""))))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())
