"""Templates to answers: the whole page, or the fragment that htmx asked for. Everything is escaped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from factory.doors.web.site.pages import is_fragment
from factory.doors.web.site.visits import FIELD
from factory.placements import load_tables

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request

    from factory.doors.web.parts import Parts

NOTE: Final = "note"
"""Cookie with what the next page says once, such as "The brief is kept."."""


def page(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **facts: Any
) -> HTMLResponse:
    """A template with its facts as an answer.

    A template extends `layout`, which is the whole page or nothing but its `content`, as the request asks.
    """
    note = _note_of(request)
    text = _templates().get_template(template).render(**_common(request), note=note, **facts)
    answer = HTMLResponse(text, status_code=status, headers={
        "Content-Security-Policy": policy(request.app.state.parts), "Vary": "HX-Request, Cookie",
        "Referrer-Policy": "same-origin",  # with no-referrer browsers hide the origin of our own forms too
        **(headers or {})})
    if note and not is_fragment(request):
        answer.delete_cookie(NOTE, path="/")
    return answer


def fragment(template: str, request: Request, **facts: Any) -> str:
    """A template as text: for events that carry HTML."""
    return _templates().get_template(template).render(**_common(request), note=None, **facts)


def go(request: Request, where: str, said: str = "", tone: str = "good") -> Response:
    """On to another page after a form was taken (303), with something to say there; tone `good` or `bad`."""
    answer: Response
    if is_fragment(request):
        answer = HTMLResponse("", headers={"HX-Redirect": where})
    else:
        answer = RedirectResponse(where, status_code=303)
    if said:
        answer.set_cookie(NOTE, quote(json.dumps([tone, said])), max_age=60, path="/", httponly=True, samesite="lax")
    return answer


def policy(parts: Parts) -> str:
    """What a page may load: our own files, pictures and films of the bucket, nothing written into the page."""
    told = parts.settings
    bucket = _origin(told.s3_public_endpoint or told.s3_endpoint) or f"https://{told.bucket}.s3.{told.s3_region}.amazonaws.com"
    return ("default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
            f"img-src 'self' {bucket}; media-src 'self' {bucket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _common(request: Request) -> dict[str, Any]:
    visit = getattr(request.state, "visit", None)
    return {
        "visit": visit, "me": visit.actor if visit else None, "path": request.url.path, "static": static,
        "layout": "fragment.html" if is_fragment(request) else "page.html", "request_id": request.state.request_id,
        "mark": Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, visit.mark) if visit else "",
    }  # fmt: skip


def _note_of(request: Request) -> tuple[str, str] | None:
    from urllib.parse import unquote

    try:
        tone, said = json.loads(unquote(request.cookies[NOTE]))
    except (KeyError, ValueError, TypeError):
        return None
    return (str(tone), str(said)[:300]) if tone in ("good", "bad") else None


@lru_cache(maxsize=1)
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(loader=PackageLoader("factory.doors.web.site"), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)
    made.filters.update(FILTERS)
    return made


# ------------------------------------------------------------------------------------------------ words for values


def ago(at: datetime | None) -> Markup:
    """How long since a moment; the exact time is in the element."""
    if at is None:
        return Markup("never")
    seconds = max(0.0, (datetime.now(UTC) - at).total_seconds())
    said = next((f"{int(seconds // size)} {unit} ago" for size, unit in UNITS if seconds >= size), "just now")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M} UTC", said)


UNITS: Final = ((86400, "d"), (3600, "h"), (60, "min"), (10, "s"))


def lasting(seconds: float | None) -> str:
    """A length of time in words: `40 s`, `3 min`, `1 h 20 min`."""
    if seconds is None:
        return "unknown"
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def sized(number: float | None) -> str:
    """Bytes in words."""
    if number is None:
        return ""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:.0f} {unit}" if unit in ("B", "kB") else f"{number:.1f} {unit}"
        number /= 1000
    return ""


def counted(number: int, one: str, many: str = "") -> str:
    """A number and its noun: `1 variant`, `12 variants`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def spoken(word: str) -> str:
    """A state as a person says it: `changes_requested` as `changes requested`."""
    return word.replace("_", " ")


def platform(word: str) -> str:
    """A platform's name: `meta` as `Meta`."""
    return next((t.title for t in load_tables() if t.platform == word), word)


def tongue(locale: str) -> str:
    """A locale's name in English: `de` as `German`, `fr-CA` as `French (Canada)`; one that nobody knows stays as it is."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(locale, sep="-").get_display_name("en") or locale
    except (UnknownLocaleError, ValueError):
        return locale


FILTERS: Final = {
    "ago": ago, "lasting": lasting, "sized": sized, "counted": counted, "spoken": spoken, "platform": platform, "tongue": tongue,
}


# ------------------------------------------------------------------------------------------------ files of the pages


def static(name: str) -> str:
    """Address of a file of `static/`; it changes with the content, so that browsers keep it for good."""
    return f"/static/{_digest(name)}/{name}"


@lru_cache(maxsize=256)
def _digest(name: str) -> str:
    return hashlib.sha256(read_static(name)).hexdigest()[:12]


@lru_cache(maxsize=256)
def read_static(name: str) -> bytes:
    """A file of `static/`. Raises FileNotFoundError."""
    found = next((f for f in (files("factory.doors.web.site") / "static").iterdir() if f.name == name and f.is_file()), None)
    if found is None:
        raise FileNotFoundError(name)
    data = found.read_bytes()
    return IMPORTED.sub(lambda m: b'from "' + static(m[1].decode()).encode() + b'"', data) if name.endswith(".js") else data


IMPORTED: Final = re.compile(rb'from "\./([a-z0-9._-]+\.js)"')
"""Modules import each other at the very address that pages name, so that each runs once."""
