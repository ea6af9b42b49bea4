"""The error tree of the product.

    FactoryError            code, fact, where, help
    ├── InputError          a brief, kit or option is wrong: many faults at once, exit 2
    ├── RefusedError        a request the product will not serve (sensitive targeting, unpinned weights)
    ├── StageError          one job of the flow failed: names the job
    └── StoreError          a file or record that should be there is missing or damaged

Kits (`brand_kits.errors.KitError`) and the machine (`gpu.errors.GpuError`) have roots of their own with the same
four fields, as those packages know nothing of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that is wrong in a person's input: what, where, and what to do."""

    code: str
    fact: str
    where: str = ""
    help: str = ""

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        remedy = f" {self.help}" if self.help else ""
        return f"{self.fact}{place}.{remedy}" if not self.fact.endswith(".") else f"{self.fact}{place}{remedy}"


class FactoryError(Exception):
    """An error of ours, told so that a person can act on it."""

    def __init__(self, fact: str, *, code: str = "error", where: str = "", help: str = "") -> None:
        self.fault = Fault(code=code, fact=fact, where=where, help=help)
        super().__init__(str(self.fault))


class InputError(FactoryError):
    """The input is wrong. Carries every fault that was found, never just the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.fact, code=first.code, where=first.where, help=first.help)


class RefusedError(FactoryError):
    """The product will not do this, and says why and what else would serve."""


class StageError(FactoryError):
    """One job of the flow could not be done."""


class StoreError(FactoryError):
    """A stored result is missing or damaged."""
