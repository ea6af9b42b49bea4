"""Who looks at a page: the session in its cookie, and the mark that proves a form came from one of our pages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from factory.doors.web.access import Actor
from factory.doors.web.problems import Problem
from factory.store import people

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from factory.doors.web.parts import Parts

HOURS: Final = 12 * 7
"""How long a session lasts: a working week's days and nights; signing out ends it at once."""

FIELD, HEADER = "_mark", "X-Mark"
"""Where a form and a script say the mark."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A person at a page."""

    actor: Actor
    mark: str
    theme: str = ""
    keys_on: bool = True


def cookie_name(parts: Parts) -> str:
    """`__Host-` binds the cookie to this very host and to https; plain http on this machine cannot have it."""
    return "__Host-visit" if parts.settings.url.startswith("https:") else "visit"


def visit_of(parts: Parts, request: Request) -> Visit | None:
    """Who asks, by the cookie; None for a stranger or a session that has ended."""
    token = request.cookies.get(cookie_name(parts), "")
    if not token or len(token) > 100:
        return None
    with parts.reading() as db:
        row = people.session(db, _sha256(token))
    if row is None:
        return None
    actor = Actor(id=row["id"], name=row["name"], roles=frozenset(row["roles"]))
    return Visit(actor=actor, mark=_mark(token), theme=row["theme"], keys_on=row["keys_on"])


def start(parts: Parts, response: Response, *, person: str | None = None, key: str | None = None) -> None:
    """Open a session and give its cookie."""
    token = secrets.token_urlsafe(32)
    with parts.changing() as db:
        people.open_session(db, _sha256(token), person=person, key=key, hours=HOURS)
    name = cookie_name(parts)
    secure = name.startswith("__Host-")
    response.set_cookie(name, token, max_age=HOURS * 3600, httponly=True, samesite="lax", secure=secure, path="/")


def end(parts: Parts, request: Request, response: Response) -> None:
    """End the session and take its cookie back."""
    name = cookie_name(parts)
    with parts.changing() as db:
        people.close_session(db, _sha256(request.cookies.get(name, "")))
    response.delete_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")


def token_of(parts: Parts, request: Request) -> bytes:
    """What the store knows this session by."""
    return _sha256(request.cookies.get(cookie_name(parts), ""))


def check_origin(parts: Parts, request: Request) -> None:
    """Refuse a change that another site's page asks for. Raises Problem page.origin."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise Problem("page.origin")
    if origin and urlsplit(origin).netloc not in (request.headers.get("host", ""), urlsplit(parts.settings.url).netloc):
        raise Problem("page.origin")


async def check_mark(request: Request, visit: Visit) -> None:
    """Refuse a change whose form does not say the session's mark. Raises Problem page.mark."""
    told = request.headers.get(HEADER)
    if told is None:
        form = await request.form(max_files=20, max_fields=4000)
        told = str(form.get(FIELD, ""))
    if not hmac.compare_digest(told.encode(), visit.mark.encode()):
        raise Problem("page.mark")


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _mark(token: str) -> str:
    """Of the session, but it does not open it."""
    return hmac.new(token.encode(), b"mark", hashlib.sha256).hexdigest()[:32]
