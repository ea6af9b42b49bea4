"""A variant as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from factory.doors.web.parts import Parts
from factory.doors.web.problems import Problem
from factory.doors.web.routing import Id
from factory.doors.web.shapes import Out
from factory.store import variants as store
from factory.store import work

if TYPE_CHECKING:
    from psycopg import Connection

VARIANT = r"^bat_[0-9a-f]{20}\.[0-9a-f]{16}$"
VariantId = Annotated[str, Id("bat_0123456789abcdef0123.0123456789abcdef", pattern=VARIANT)]
State = Literal["queued", "rendering", "ready", "dropped", "failed", "cancelled"]
Review = Literal["pending", "approved", "rejected", "changes_requested"]


class TextOut(Out):
    """Words in one field, and where they come from."""

    text: str
    source: str = Field(description="`brief`, `kit`, `grammar`, `person` or `model:<name>`.")
    facts: list[str]


class FindingOut(Out):
    """What a check found."""

    code: str
    verdict: Literal["pass", "warn", "fail"]
    fact: str
    where: str
    measured: str
    wanted: str
    help: str


class FileOut(Out):
    """A finished file."""

    name: str
    url: str = Field(description="Redirects to the file.")
    type: str
    width: int
    height: int
    bytes: int
    sha256: str
    seconds: float | None


class VariantOut(Out):
    """A variant as it stands."""

    id: str
    batch: str
    kind: Literal["image", "video"]
    concept: str
    tribe: str
    locale: str
    placement: str
    state: State
    review: Review
    version: int
    verdict: Literal["", "pass", "warn", "fail"] = Field(description="The worst of its findings; empty before it was made.")
    reason: str
    texts: dict[str, TextOut]
    edits: dict[str, str] = Field(description="What people wrote over the machine's words.")
    findings: list[FindingOut] = Field(description="Only what is not well.")
    file: FileOut | None
    updated_at: datetime


class VersionOut(Out):
    """A version that stood or stands."""

    version: int
    stands: bool
    by: str
    at: datetime
    edits: dict[str, str]
    texts: dict[str, TextOut]
    verdict: Literal["", "pass", "warn", "fail"]
    file: FileOut | None


class VersionsOut(Out):
    """Every version, oldest first."""

    data: list[VersionOut]


class ProvenanceOut(Out):
    """Where a variant comes from."""

    id: str
    version: int
    brief: str
    brand: str
    brand_version: int
    kit_sha256: str
    seed: int
    models: dict[str, Any]
    plan: dict[str, Any] | None
    made: dict[str, Any] = Field(description="As the stage noted it: layout, set, light, attempt, renderer.")
    texts: dict[str, TextOut]
    findings: list[FindingOut] = Field(description="Every check, passed ones too.")
    file: FileOut | None
    generated: bool = Field(description="The picture was composed by a machine; IPTC digital source type applies.")


def parts_of(variant: str) -> tuple[str, str]:
    """Batch and cell of a variant's id."""
    batch, _, cell = variant.partition(".")
    return batch, cell


def found(db: Connection[dict[str, Any]], variant: str, *, hold: bool = False) -> dict[str, Any]:
    """A variant's row; `hold` locks its batch first, as every change must. Raises Problem variant.unknown."""
    batch, cell = parts_of(variant)
    if hold:
        try:
            work.lock(db, batch)
        except LookupError:
            raise Problem("variant.unknown") from None
    row = store.get(db, batch, cell, hold=hold)
    if row is None:
        raise Problem("variant.unknown")
    return row


def file_out(web: Parts, made: Mapping[str, Any] | None) -> FileOut | None:
    """The file of an attempt."""
    if not made:
        return None
    a = made["asset"]
    return FileOut(
        name=made["blob"],
        url=f"{web.settings.url}/v1/files/{made['blob']}",
        type=a["type"],
        width=a["width"],
        height=a["height"],
        bytes=a["bytes"],
        sha256=a["sha256"],
        seconds=a.get("seconds"),
    )


def texts_of(made: Mapping[str, Any] | None) -> dict[str, TextOut]:
    copy = made["copy"] if made else {}
    return {k: TextOut(text=t["text"], source=t["source"], facts=list(t.get("facts", ()))) for k, t in sorted(copy.items())}


def worst_of(made: Mapping[str, Any] | None) -> Any:
    return store.worst(made["findings"]) if made else ""


def findings_of(made: Mapping[str, Any] | None, *, every: bool) -> list[FindingOut]:
    found = made["findings"] if made else []
    names = FindingOut.model_fields
    return [FindingOut(**{n: f.get(n, "") for n in names}) for f in found if every or f["verdict"] != "pass"]


def variant_out(web: Parts, row: Mapping[str, Any]) -> VariantOut:
    """A row as the API shows it."""
    made = row["made"]
    names = (
        "kind",
        "concept",
        "tribe",
        "locale",
        "placement",
        "state",
        "review",
        "version",
        "verdict",
        "reason",
        "edits",
        "updated_at",
    )
    return VariantOut(
        id=f"{row['batch']}.{row['id']}",
        batch=row["batch"],
        texts=texts_of(made),
        findings=findings_of(made, every=False),
        file=file_out(web, made),
        **{n: row[n] for n in names},
    )
