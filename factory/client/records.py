"""What the API answers, as frozen records. `raw` holds all of an answer: fields that are new to this client too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

ENDED = frozenset({"completed", "completed_with_errors", "failed", "cancelled", "expired"})
"""Batch states in which no work goes on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Read from an answer's fields of the same names."""

    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """The record of an answer."""
        return cls(raw=answer, **{f.name: answer[f.name] for f in fields(cls) if f.name != "raw"})


@dataclass(frozen=True, kw_only=True, slots=True)
class KitVersion(Record):
    """A brand's version: the kit that a brief is held against."""

    brand: str
    version: int
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchInfo(Record):
    """A batch and how far it is. `progress` is a share from 0 to 1; `errors` are faults of its input."""

    id: str
    state: str
    brief: str
    custom_id: str | None
    counts: Mapping[str, int]
    progress: float
    per_minute: float | None
    seconds_left: float | None
    figures: Mapping[str, Any] | None
    errors: list[Mapping[str, Any]]

    @property
    def ended(self) -> bool:
        """Whether no work goes on."""
        return self.state in ENDED


@dataclass(frozen=True, kw_only=True, slots=True)
class FileInfo(Record):
    """A finished file; `url` redirects to it, with a key."""

    name: str
    url: str
    type: str
    width: int
    height: int
    bytes: int
    sha256: str
    seconds: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantInfo(Record):
    """A variant as it stands; `version` is what decisions and edits are about."""

    id: str
    batch: str
    kind: str
    concept: str
    tribe: str
    locale: str
    placement: str
    state: str
    review: str
    version: int
    verdict: str
    reason: str
    findings: list[Mapping[str, Any]]

    @property
    def texts(self) -> dict[str, str]:
        """Words by field."""
        return {field: text["text"] for field, text in self.raw["texts"].items()}

    @property
    def file(self) -> FileInfo | None:
        """Its file, once it was made."""
        return FileInfo.of(self.raw["file"]) if self.raw["file"] else None


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleInfo(Record):
    """A bundle; `variants` are ids with versions."""

    id: str
    batch: str
    state: str
    variants: Mapping[str, int]
    prefix: str
    digest: str | None
    files: int | None
    bytes: int | None
    archive: Mapping[str, Any]
    error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened in a batch. `seq` counts up by one; progress has none, as it is a glance and no event."""

    seq: int | None
    type: str
    data: Mapping[str, Any]
    id: str = ""
    timestamp: str = ""
