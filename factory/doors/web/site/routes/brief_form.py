"""A brief written on a page: how to begin, the form, its checks while somebody writes, pictures dropped on it."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Keyed
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes import briefs as api
from factory.doors.web.site import briefdesk, places
from factory.doors.web.site.briefdesk import Checked, Surface, Told
from factory.doors.web.site.briefform import entered, written
from factory.doors.web.site.briefview import NAMES, Form, changed, loaded
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import go, page
from factory.errors import InputError
from factory.store import briefs

router = Pages(tags=["briefs"])

MOST_FIELDS = 4000
BRAND = "^brd_[0-9a-f]{20}$"


async def _form(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=20, max_fields=MOST_FIELDS) as form:
        yield form


Sent = Annotated[FormData, Depends(_form)]
Creator = Annotated[Actor, Needs("creator")]
MaybeBrand = Annotated[str, Query(pattern=f"{BRAND}|^$")]
MaybeBrief = Annotated[str, Query(alias="from", pattern="^brf_[0-9a-f]{20}$|^$")]


@router.get("/briefs/new")
def begin(
    _: Creator, request: Request, web: Web, brand: MaybeBrand = "", earlier: MaybeBrief = "",
    sample: Annotated[str, Query(pattern="^[a-z0-9-]{0,60}$")] = "", blank: bool = False,
) -> Response:
    """How to begin, or the form once that is said."""
    if earlier:
        form, brand = briefdesk.from_brief(web, earlier), brand or api.row_of(web, earlier)["brand"]
    elif not (sample or blank):
        return _ways(request, web, brand)
    brands = _brands(web)
    brand = brand or (brands[0]["id"] if brands else "")
    if not brand:
        return _ways(request, web, "")
    on = briefdesk.surface(web, brand)
    if not earlier:
        form = briefdesk.from_sample(sample, on.kit) if sample else Form(doc=loaded(briefdesk.START))
    return _shown(request, web, form, on, secrets.token_urlsafe(16))


def _brands(web: Parts) -> Sequence[Mapping[str, Any]]:
    with web.reading() as db:
        return briefs.brands(db)


def _ways(request: Request, web: Parts, brand: str, *, told: Sequence[str] = (), status: int = 200) -> Response:
    brands = _brands(web)
    chosen = next((b for b in brands if b["id"] == brand), brands[0] if brands else None)
    with web.reading() as db:
        earlier = briefs.listed(db, None, 6)
    return page(request, "brief_begin.html", status=status, title="A new brief", brands=brands, brand=chosen, earlier=earlier,
                samples=briefdesk.samples(), told=told)


@router.post("/briefs/new")
def write(actor: Creator, request: Request, web: Web, sent: Sent) -> Response:
    """What a button of the form asks: a row more or less, a check, or to keep the brief."""
    form, on, key, deed = _read(web, sent)
    if deed == "keep":
        return _keep(request, web, actor, form, on, key)
    if deed == "check":
        return _shown(request, web, form, on, key, found=briefdesk.checked(web, form, on), all_faults=True)
    return _shown(request, web, form, on, key, focus=changed(form.doc, deed))


@router.post("/briefs/check")
def check(_: Creator, request: Request, web: Web, sent: Sent) -> Response:
    """What is still missing or wrong, or the quote: beside the form, while somebody writes."""
    form, on, *_rest = _read(web, sent)
    return page(request, "brief_check.html", title="Check", found=briefdesk.checked(web, form, on), live=True)


@router.post("/drop/briefs/new")
def drop(actor: Creator, request: Request, web: Web, sent: Sent) -> Response:
    """A dropped file: a brief to begin with, or a picture for the form."""
    if sent.get("do") == "file":
        return _opened(request, web, sent)
    form, on, key, _deed = _read(web, sent)
    given = [f for f in sent.getlist("file") if isinstance(f, UploadFile) and f.filename]
    faults: list[Told] = []
    for file in given:
        try:
            entry = briefdesk.take_picture(web, actor, file.file.read(), file.filename or "", form.ticked("product.pictures"))
        except InputError as error:
            faults += [Told(at="product.pictures", label="", fact=f.fact, help=f.help, missing=False) for f in error.faults]
            continue
        form.pictures = [*form.pictures, entry]
        form.doc.setdefault("product", {}).setdefault("pictures", []).append(entry.partition("=")[0])
    if not given:
        faults = [Told(at="product.pictures", label="", fact="No picture was chosen", help="Choose a file first.", missing=False)]
    found = briefdesk.checked(web, form, on)
    wrong = [*faults, *(t for t in found.told if t.at == "product.pictures")]
    form.faults = {"product.pictures": [t.text for t in wrong]} if wrong else {}
    return _shown(request, web, form, on, key, found=found, focus="file", status=422 if faults else 200)


def _opened(request: Request, web: Parts, sent: FormData) -> Response:
    """A brief's file, in the form; its faults are told above it."""
    brand, file = str(sent.get("brand", "")), sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _ways(request, web, brand, told=["Choose a file first."], status=422)
    try:
        form, faults = briefdesk.from_file(_text(file), file.filename)
    except InputError as error:
        return _ways(request, web, brand, told=[str(f) for f in error.faults], status=422)
    on = briefdesk.surface(web, brand)
    return _shown(request, web, form, on, secrets.token_urlsafe(16), opened=file.filename, dropped=[str(f) for f in faults])


def _text(file: UploadFile) -> str:
    from factory.errors import Fault

    data = file.file.read(api.MOST + 1)
    if len(data) > api.MOST:
        fact = f"A brief has at most {api.MOST // 1000} kB"
        raise InputError([Fault(code="yaml.size", fact=fact, help="Send a shorter file.")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Fault(code="yaml.encoding", fact="The file is not UTF-8 text", help="Save it as UTF-8.")]) from error


def _read(web: Parts, sent: FormData) -> tuple[Form, Surface, str, str]:
    """The form, what it is written on, its key, and what is asked."""
    texts = {name: [v for v in sent.getlist(name) if isinstance(v, str)] for name in sent}
    brand = str(sent.get("brand", ""))
    if not brand.startswith("brd_"):
        raise Problem("brand.unknown")
    form = Form(doc=entered(texts), pictures=texts.get("picture", [])[:40])
    return form, briefdesk.surface(web, brand), str(sent.get("key", ""))[:60], str(sent.get("do", "refresh"))


def _keep(request: Request, web: Parts, actor: Actor, form: Form, on: Surface, key: str) -> Response:
    found = briefdesk.checked(web, form, on)
    if found.told:
        return _shown(request, web, form, on, key, found=found, all_faults=True, status=422)
    text = api.Text(written(form.doc, on.kit.name).body, "yaml")
    version = {"brand": on.brand, "version": on.version}
    keys = briefdesk.keys_of(web, form)
    keyed = once(web, actor, "POST /briefs/new", key, text.body)
    answer = run_once(keyed, lambda db: api.keep(db, actor, text, str(form.doc["name"]), version, keys))
    return go(request, f"/briefs/{json.loads(bytes(answer.body))['id']}/start", "The brief is kept. Nothing is made yet.")


def once(web: Parts, actor: Actor, route: str, key: str, said: str) -> Keyed:
    """A form that is sent twice is served once; sent with other words it is another form."""
    digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    named = f"{key or secrets.token_urlsafe(16)}-{digest[:24]}"
    return Keyed(parts=web, actor=actor.id, route=route, key=named, body_sha256=digest)


def run_once(keyed: Keyed, work: Any) -> Response:
    """As `Keyed.run`; while the first of two clicks is still served the second waits for its answer."""
    for left in range(20, -1, -1):
        try:
            return keyed.run(work)
        except Problem as problem:
            if problem.code != "idempotency.running" or not left:
                raise
            time.sleep(0.1)
    raise AssertionError


def _shown(
    request: Request, web: Parts, form: Form, on: Surface, key: str, *, found: Checked | None = None, all_faults: bool = False,
    focus: str = "", opened: str = "", dropped: Sequence[str] = (), status: int = 200,
) -> Response:
    """The form. Faults stand at their fields once somebody asked for a check."""
    found = found or briefdesk.checked(web, form, on)
    if all_faults:
        form.faults = found.by_field()
    own = [e.rpartition("=")[::2] for e in form.pictures]
    return page(
        request, "brief_form.html", status=status, title="A new brief", form=form, on=on, key=key, found=found, focus=focus,
        opened=opened, dropped=dropped, places=places.choices(), own=own, live=False, strict=all_faults, **_choices())


def _choices() -> dict[str, Any]:
    """Words to choose from, as the schema of briefs lists them."""
    from factory.brief.languages import grammars
    from factory.brief.shape import brief_schema
    from factory.catalogue import load_catalogue

    schema = brief_schema()["properties"]
    line = schema["lines"]["items"]["properties"]
    return {
        "ctas": schema["cta"]["enum"], "objectives": schema["objective"]["enum"], "languages": schema["language"]["enum"],
        "fact_kinds": schema["product"]["properties"]["facts"]["items"]["properties"]["kind"]["enum"],
        "proof_kinds": schema["proof"]["items"]["properties"]["kind"]["enum"], "motives": line["motive"]["enum"],
        "devices": [(d.name, d.title) for d in load_catalogue().devices], "grammars": sorted(grammars(), key=list(NAMES).index),
    }  # fmt: skip
