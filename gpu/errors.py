"""What can be wrong with the machine or a model, told so that a person can act on it.

    GpuError                code, fact, where, help
    ├── WeightsError        a model's folder is missing, unpinned or of a kind that is not opened
    └── ModelError          a model that was opened cannot do what is asked
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class GpuFault:
    """One thing that is wrong: what, where, and what to do."""

    code: str
    fact: str
    where: str = ""
    help: str = ""

    def __str__(self) -> str:
        """One line: the fact, the place, the remedy."""
        place = f" ({self.where})" if self.where else ""
        return f"{self.fact.rstrip('.')}{place}. {self.help}".strip()


class GpuError(Exception):
    """The root of this package's errors."""

    def __init__(self, fact: str, *, code: str = "gpu", where: str = "", help: str = "") -> None:
        self.fault = GpuFault(code=code, fact=fact, where=where, help=help)
        super().__init__(str(self.fault))

    @property
    def code(self) -> str:
        """A stable word for this kind of fault."""
        return self.fault.code

    @property
    def fact(self) -> str:
        """What is wrong."""
        return self.fault.fact

    @property
    def where(self) -> str:
        """The folder, file or option it is about."""
        return self.fault.where

    @property
    def help(self) -> str:
        """What to do."""
        return self.fault.help


class WeightsError(GpuError):
    """A model's weights will not be opened."""


class ModelError(GpuError):
    """A model cannot do what is asked."""
