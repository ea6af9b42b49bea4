"""A person's own page: how they like the pages, their password, where they are signed in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Form, Request
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.site import passwords, visits
from factory.doors.web.site.pages import Here, Pages
from factory.doors.web.site.render import go, page
from factory.store import access, people

router = Pages(tags=["account"])

Secret = Annotated[str, Form(max_length=1024)]
TRIES, EVERY_S = 6, 20
"""Tries of the old password at once, and the seconds after which there is another."""


@router.get("/account")
def account(_: Annotated[Actor, Needs()], request: Request, web: Web, visit: Here) -> Response:
    """The page."""
    return _page(request, web, visit)


def _page(
    request: Request, web: Parts, visit: visits.Visit, *, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    with web.reading() as db:
        person = people.get(db, visit.actor.id)
        sessions = people.sessions_of(db, visit.actor.id)
    here = visits.token_of(web, request)
    return page(request, "account.html", status=status, title="Your account", person=person, least=passwords.LEAST,
                faults=faults or {}, sessions=[{**s, "here": s["token"] == here} for s in sessions])


def _person(web: Parts, visit: visits.Visit) -> dict[str, Any]:
    """Raises Problem state.conflict for visits by an API key, which have no account."""
    with web.reading() as db:
        row = people.get(db, visit.actor.id)
    if row is None:
        raise Problem("state.conflict", "You came in with an API key: only people have an account.")
    return row


@router.post("/account/taste")
def taste(
    _: Annotated[Actor, Needs()], request: Request, web: Web, visit: Here,
    theme: Annotated[Literal["", "light", "dark"], Form()] = "", keys: Annotated[Literal["", "on"], Form()] = "",
) -> Response:
    """Theme and single-letter keys."""
    person = _person(web, visit)
    with web.changing() as db:
        people.set_taste(db, person["id"], theme=theme, keys_on=keys == "on")
        access.note(db, person["id"], "person.taste", person["id"], {"theme": theme, "keys_on": keys == "on"})
    return go(request, "/account", "Kept.")


@router.post("/account/password")
def password(
    _: Annotated[Actor, Needs()], request: Request, web: Web, visit: Here, old: Secret = "", new: Secret = "", again: Secret = ""
) -> Response:
    """Another password; every other session ends."""
    person = _person(web, visit)
    faults = _faults(web, person, old, new, again)
    if faults:
        return _page(request, web, visit, faults=faults, status=422)
    with web.changing() as db:
        people.set_password(db, person["id"], passwords.hashed(new))
        ended = people.close_others(db, person["id"], visits.token_of(web, request))
        access.note(db, person["id"], "person.password", person["id"], {"sessions_ended": ended})
    return go(request, "/account", "Your password is another now. You are signed out everywhere else.")


def _faults(web: Parts, person: dict[str, Any], old: str, new: str, again: str) -> dict[str, str]:
    if len(new) < passwords.LEAST:
        return {"new": f"It is too short: at least {passwords.LEAST} characters."}
    if new != again:
        return {"again": "The two are not the same."}
    with web.changing() as db:
        if access.take_token(db, f"password:{person['id']}", burst=TRIES, per_second=1 / EVERY_S) is None:
            raise Problem("rate.limit", "Too many tries. Wait half a minute.", retry_after=30)
        row = people.by_name(db, person["name"])
    return {} if passwords.holds(old, row["password"] if row else None) else {"old": "This is not your password."}


@router.post("/account/sessions/end")
def end_others(_: Annotated[Actor, Needs()], request: Request, web: Web, visit: Here) -> Response:
    """Sign out everywhere but here."""
    person = _person(web, visit)
    with web.changing() as db:
        ended = people.close_others(db, person["id"], visits.token_of(web, request))
        access.note(db, person["id"], "person.sessions", person["id"], {"sessions_ended": ended})
    return go(request, "/account", "You are signed out everywhere else.")
