"""Uploads: a form for the bucket, then intake. No file passes through this door."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from brand_kits.safe.raster import MAX_BYTES
from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Answer, MaybeOnce
from factory.doors.web.kitfacts import facts_of
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, page, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem, faulty
from factory.doors.web.routing import Router, UploadId, told
from factory.doors.web.shapes import In, Name, Out
from factory.errors import Fault, InputError, StoreError
from factory.ids import digest_bytes, plain
from factory.intake import MAX_KIT, kit_zip, picture
from factory.kitzip import pack
from factory.store import library
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

router = Router(prefix="/v1/uploads", tags=["uploads"])

MOST: Final[Mapping[str, int]] = {"kit": MAX_KIT, "picture": MAX_BYTES}
"""Bytes that intake reads of each kind."""

HOURS: Final = 1.0
"""A form is good for an hour: long enough for a slow line, too short to be worth stealing."""

AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Opening a kit takes seconds of a core and up to some hundred megabytes: two at a time."""

PATIENCE_S = 5.0

Kind = Literal["kit", "picture"]


class NewUpload(In):
    """What will be uploaded."""

    kind: Kind = Field(description="`kit`: a brand kit's folder as a zip. `picture`: PNG, JPEG or WebP.")
    name: Name = Field(description="The file's name: for people, never a path.", examples=["vesper.zip"])


class Form(Out):
    """An HTML form's action and fields: POST them as multipart/form-data, the file last as `file`."""

    url: str
    fields: dict[str, str]


class UploadOut(Out):
    """An upload. `facts` tells what intake measured, `faults` why it was refused."""

    id: str
    kind: Kind
    name: str
    state: Literal["open", "ready", "refused", "expired"]
    max_bytes: int
    sha256: str | None
    facts: dict[str, Any]
    created_by: str
    created_at: datetime
    expires_at: datetime
    form: Form | None = Field(default=None, description="Only in the answer that opens the upload.")


def shown(row: Mapping[str, Any], form: Form | None = None) -> UploadOut:
    """A row as it goes out."""
    state = "expired" if row["state"] == "open" and row["expired"] else row["state"]
    return UploadOut(**{name: row[name] for name in UploadOut.model_fields if name in row} | {"state": state, "form": form})


@router.post("", status_code=201, response_model=UploadOut, summary="Open an upload")
def create(body: NewUpload, actor: Annotated[Actor, Needs("creator")], web: Web, once: MaybeOnce) -> Response:
    """Answers with a form for the bucket. Send the file there, then complete the upload."""

    def work(db: Connection[dict[str, Any]]) -> Answer:
        row = library.put_upload(db, kind=body.kind, name=body.name, max_bytes=MOST[body.kind], by=actor.id, hours=HOURS)
        note(db, actor.id, "upload.create", row["id"], {"kind": body.kind, "name": body.name})
        post = web.storage.presign_post(library.raw_key(row["id"]), max_bytes=MOST[body.kind],
                                        content_type="application/octet-stream", seconds=int(HOURS * 3600))
        form = Form(url=post.url, fields=dict(post.fields))
        return Answer(201, shown({**row, "expired": False}, form), {"Location": f"/v1/uploads/{row['id']}"})

    return once.run(work)


@router.get("", summary="List uploads")
def index(
    _: Annotated[Actor, Needs("creator")], web: Web, limit: Limit = 50, cursor: Cursor = None,
    kind: Annotated[Kind | None, Query()] = None,
) -> Page[UploadOut]:
    """Newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = library.uploads(db, place, limit + 1, kind or "")
    return page(rows, limit, lambda r: encode(r["created_at"], r["id"]), shown)


@router.get("/{upload:id}", summary="Show an upload", responses=told("upload.unknown"))
def show(upload: UploadId, _: Annotated[Actor, Needs("creator")], web: Web) -> UploadOut:
    """Its state, and what intake measured or found wrong."""
    return shown(_row(web, upload))


@router.post("/{upload:id}/complete", status_code=201, summary="Complete an upload",
             responses=told("upload.unknown", "upload.ended", "upload.missing", "input.invalid"))
def complete(upload: UploadId, actor: Annotated[Actor, Needs("creator")], web: Web) -> UploadOut:
    """Opens the file, measures and cleans it, and keeps what came of it under its digest. Sent twice, it answers alike.

    A file that is refused ends the upload; the problem tells every fault.
    """
    row = _row(web, upload)
    if row["state"] == "open":
        if row["expired"]:
            raise Problem("upload.ended", "The upload was not completed in time.")
        _take_in(web, actor, row)
        row = _row(web, upload)
    if row["state"] == "refused":
        raise faulty([Fault(**f) for f in row["facts"]["faults"]])
    return shown(row)


def _row(web: Parts, upload: str) -> dict[str, Any]:
    with web.reading() as db:
        row = library.get_upload(db, upload)
    if row is None:
        raise Problem("upload.unknown")
    return row


def _take_in(web: Parts, actor: Actor, row: Mapping[str, Any]) -> None:
    """Read, check and keep the file; what is kept is named by its content, so doing it twice does no harm."""
    raw = library.raw_key(row["id"])
    state, key, sha256 = "ready", None, None
    facts: dict[str, Any]
    try:
        with turn():
            key, sha256, facts = INTAKE[row["kind"]](web, raw, row)
    except InputError as refused:
        state, facts = "refused", {"faults": [plain(f) for f in refused.faults]}
    with web.changing() as db:
        if library.end_upload(db, row["id"], state, facts=facts, storage_key=key, sha256=sha256):
            note(db, actor.id, f"upload.{state}", row["id"], {"sha256": sha256})
    web.storage.delete([raw])


@contextmanager
def turn() -> Iterator[None]:
    """Wait a little for a turn: whoever waits holds a thread that others need."""
    if not AT_ONCE.acquire(timeout=PATIENCE_S):
        raise Problem("server.busy", "Other files are being opened.", retry_after=5)
    try:
        yield
    finally:
        AT_ONCE.release()


def _picture(web: Parts, raw: str, row: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    return keep_picture(web, _read(web, raw, row["max_bytes"]), row["name"])


def keep_picture(web: Parts, sent: bytes, name: str) -> tuple[str, str, dict[str, Any]]:
    """A picture made anew, in the bucket under its digest: its key, its digest, what was measured. Raises InputError."""
    data, facts = picture(sent, name)
    sha256 = digest_bytes(data)
    key = f"pictures/{sha256}.png"
    web.storage.put(key, data, content_type="image/png", sha256=sha256)
    return key, sha256, {"width": facts.width, "height": facts.height, "transparent": facts.transparent}


def _kit(web: Parts, raw: str, row: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="kit-") as scratch:
        path = Path(scratch) / "kit.zip"
        _save(web, raw, path, row["max_bytes"])
        return keep_kit(web, path)


def keep_kit(web: Parts, path: Path) -> tuple[str, str, dict[str, Any]]:
    """A kit's zip opened beside itself and packed anew, in the bucket under its digest. Raises InputError."""
    kit = kit_zip(path, path.parent / "kit")
    data = pack(kit.root)
    key = f"kits/{kit.digest}.zip"
    web.storage.put(key, data, content_type="application/zip")
    return key, digest_bytes(data), {"digest": kit.digest, **facts_of(kit)}


TakenIn = tuple[str, str, dict[str, Any]]
INTAKE: Final[Mapping[str, Callable[[Parts, str, Mapping[str, Any]], TakenIn]]] = {"picture": _picture, "kit": _kit}
"""A kind's intake: gives the key under which it was kept, its digest, and what was measured."""


def _read(web: Parts, raw: str, most: int) -> bytes:
    try:
        return web.storage.get(raw, limit=most)
    except StoreError as error:
        raise _absent(error) from error


def _save(web: Parts, raw: str, path: Path, most: int) -> None:
    taken = 0
    try:
        with path.open("wb") as file:
            for chunk in web.storage.open(raw):
                taken += len(chunk)
                if taken > most:
                    fact = f"The file has more than {most:,} bytes"
                    raise InputError([Fault(code="intake.size", fact=fact, help="Send a smaller one.")])
                file.write(chunk)
    except StoreError as error:
        raise _absent(error) from error


def _absent(error: StoreError) -> Exception:
    if error.fault.code == "storage.missing":
        return Problem("upload.missing")
    if error.fault.code == "storage.size":
        return InputError([Fault(code="intake.size", fact=error.fault.fact, help=error.fault.help)])
    return error
