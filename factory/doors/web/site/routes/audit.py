"""Settings: what was done here and by whom, for admins; read on a page, taken away as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query, Request
from starlette.responses import Response, StreamingResponse

from factory.doors.web.access import Actor, Needs
from factory.doors.web.parts import Web
from factory.doors.web.routes import audit as api
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import page
from factory.ids import canonical
from factory.manifests.rows import escaped
from factory.store import access, people

router = Pages(tags=["settings"])

Before = Annotated[int | None, Query(ge=1, le=2**62)]
Word = Annotated[str, Query(max_length=120)]
PER_PAGE: Final = 50
COLUMNS: Final = ("seq", "at", "actor", "action", "object", "detail")


@router.get("/settings/audit")
def audit(
    _: Annotated[Actor, Needs("admin")], request: Request, web: Web, actor: Word = "", action: Word = "", object: Word = "",
    before: Before = None,
) -> Response:
    """What was done, newest first."""
    with web.reading() as db:
        rows = access.audit(db, before=before, limit=PER_PAGE + 1, actor=actor, action=action.strip(), object=object.strip())
        shown = rows[:PER_PAGE]
        names = people.names(db, list({r["actor"] for r in shown} | {r["object"] for r in shown} | {actor}))
        everybody = people.every(db)
        keys = access.keys(db, None, 200)
        actions = access.actions(db)
    return page(request, "settings_audit.html", title="Audit", rows=shown, names=names, people=everybody, keys=keys, actor=actor,
                action=action, object=object, actions=actions, more=shown[-1]["seq"] if len(rows) > PER_PAGE else None)


@router.get("/settings/audit/export.{kind}")
def export(
    kind: Annotated[Literal["jsonl", "csv"], Path()], _: Annotated[Actor, Needs("admin")], web: Web,
    actor: Word = "", action: Word = "", object: Word = "",
) -> StreamingResponse:
    """What the filter holds, whole, as a file."""
    pages = api.entries(web, actor=actor, action=action.strip(), object=object.strip())
    lines = as_csv(pages) if kind == "csv" else api.as_lines(pages)
    media = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}[kind]
    return StreamingResponse(lines, media_type=media, headers={"Content-Disposition": f'attachment; filename="audit.{kind}"'})


def as_csv(pages: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    """Entries as rows. A field that a spreadsheet would take for a formula gets a quote before it."""
    yield _row(COLUMNS)
    for rows in pages:
        yield b"".join(_row(_cells(r)) for r in rows)


def _cells(entry: Mapping[str, Any]) -> list[Any]:
    words = [escaped(entry[c]) for c in ("actor", "action", "object")]
    return [entry["seq"], entry["at"], *words, canonical(entry["detail"]).decode()]


def _row(values: Iterable[Any]) -> bytes:
    sink = io.StringIO()
    csv.writer(sink).writerow(values)
    return sink.getvalue().encode()
