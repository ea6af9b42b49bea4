"""The manual of the checks, made from their own words: `python -m pipelines.check.manual > docs/checks.md`."""

from __future__ import annotations

import inspect
import sys

from pipelines.check.run import ASIDE, checks

HEAD = """# Checks

Every finished creative is looked at by all checks, on the pixels and bytes of its finished file. A finding is
`(code, verdict, fact, where, measured, wanted, help)`: `fail` keeps a creative from shipping, `warn` asks somebody to
look and makes a spare win over it, `pass` is kept as proof. `factory explain CODE` prints these pages.

To add one: a file in `pipelines/check/` with `check(subject) -> list[Finding]` and a docstring of these headings; a
test that it flags a bad creative and not a good one that looks alike; then
`python -m pipelines.check.manual > docs/checks.md`.
"""


def manual() -> str:
    """The manual as Markdown."""
    return "\n".join([HEAD, *(_page(name) for name in checks())])


def _page(name: str) -> str:
    module = sys.modules[f"pipelines.check.{name}"]
    first, _, rest = inspect.getdoc(module).partition("\n")  # type: ignore[union-attr]
    said = first.partition(": ")[2]
    lines = [f"## {name}", "", said[:1].upper() + said[1:]]
    if name in ASIDE:
        lines += ["", f"Only when it is named: it {ASIDE[name]}."]
    for line in rest.strip().splitlines():
        lines.append(line.strip() if line.startswith("    ") else f"\n**{line}**\n" if line else "")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


if __name__ == "__main__":
    sys.stdout.write(manual())
