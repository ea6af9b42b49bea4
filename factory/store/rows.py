"""Rows of the store as frozen records, where more than one caller reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class NewJob:
    """A job to be put in: as `factory.flow.Job`, with its lane."""

    id: str
    stage: str
    lane: str
    args: Mapping[str, Any]
    needs: Mapping[str, str]
    rank: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to run a job. A write with a token that is not the newest changes nothing."""

    batch: str
    id: str
    stage: str
    lane: str
    args: Mapping[str, Any]
    needs: Mapping[str, str]
    token: int
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewVariant:
    """A cell of the plan, as a variant that waits to be made by a job."""

    id: str
    ordinal: int
    kind: str
    concept: str
    tribe: str
    locale: str
    placement: str
    job: str
