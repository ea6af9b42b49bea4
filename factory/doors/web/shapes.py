"""Bases of what goes in and out, and the shape of a problem."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field


class In(BaseModel):
    """A body that comes in: nothing unknown, nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Out(BaseModel):
    """A body that goes out: what is declared, all of it, nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Fault(Out):
    """One thing that is wrong."""

    pointer: str | None = Field(default=None, description="Where: a JSON pointer, or file and line of an input.")
    code: str
    detail: str
    help: str | None = Field(default=None, description="What to do.")


class ProblemOut(Out):
    """An error (RFC 9457)."""

    type: str = Field(description="A stable name of the kind of problem; the path shows what it means.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request's id: it is in the log.")
    code: str
    errors: list[Fault] | None = None
    retry_after: int | None = Field(default=None, description="Seconds to wait.")


def _printable(text: str) -> str:
    """Names are shown in lists and logs: no line breaks, no control or direction marks, something to see."""
    if not text.isprintable() or not text.strip():
        raise ValueError("A name has letters to see, and no control characters")
    return text


def _text(value: object) -> object:
    """Times and days are texts: a number would be read as seconds since 1970."""
    if isinstance(value, (int, float)) or (isinstance(value, str) and not value[:5].endswith("-")):
        raise ValueError("Write it as ISO 8601, such as 2026-11-25")
    return value


Day = Annotated[date, BeforeValidator(_text)]
"""A day, as 2026-11-25."""

Moment = Annotated[AwareDatetime, BeforeValidator(_text), Field(strict=False)]
"""A time with its zone, as 2026-11-25T04:00:00Z."""

Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_printable)]
"""A name that a person gives to a thing."""
