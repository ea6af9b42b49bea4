"""text_fit: every word is there, whole, on the canvas, and nothing runs into it.

What it does
    Looks for ink beyond the canvas, words of a text that its lines do not hold, texts that run into each other, into
    the logo or into the words of the product's label, labels that leave their button, and lines that break badly.

Why it is bad
    Cut or colliding type is the mark of a template. A break after “to”, or a single short word on the last line, makes
    people read twice, and they read once.

What to do
    Give a shorter text (a brief's line may have several), or choose a family with more room for words.

Thresholds and their source
    No ink outside of the canvas, no shared ink box over 1 px (a device's own words may stand in its drawing). Breaks
    cost points for ragged lines, stranded words and orphans; over 45 a person would break it otherwise (calibrated on
    hand-set headlines), which warns.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from factory.records import Finding
from pipelines.check.scale import told
from pipelines.check.sight import beyond, overlap
from pipelines.check.subject import Box, Part, Subject

CLUMSY, TOUCH = 45.0, 1.0
SHORTER = "Give a shorter text or choose a family with more room."
JOINTS = dict.fromkeys((*range(0x2010, 0x2013), 0x00AD, ord("-")), None)
"""Hyphens: a broken word has one more than its text."""


def check(subject: Subject) -> list[Finding]:
    """What is cut, lost, or runs into something."""
    found = [*_cut(subject), *_lost(subject), *_collisions(subject), *_label(subject), *_breaks(subject)]
    well = Finding(code="text_fit", verdict="pass", fact="Every text is whole and stands alone",
                   measured=f"{len(subject.parts)} texts")
    return told(found, well) if subject.parts else []


def _cut(subject: Subject) -> Iterator[Finding]:
    canvas = (0.0, 0.0, float(subject.size[0]), float(subject.size[1]))
    for part in subject.parts:
        out = beyond(part.box, canvas)
        if out > 0.5:
            yield _fail(part, f"“{part.text}” is cut by the edge", f"{out:.0f} px cut", "0 px cut")


def _lost(subject: Subject) -> Iterator[Finding]:
    for part in subject.parts:
        wanted, shown = _letters(part.text), _letters("".join(part.lines))
        if part.text and wanted != shown:
            yield _fail(part, f"“{part.text}” has lost letters", " / ".join(part.lines), part.text)
        if not any(ink.coverage.any() for ink in part.inks):
            yield _fail(part, f"“{part.text}” has no ink", "0 px", "some")


def _letters(text: str) -> str:
    """The text without spaces and hyphens: what breaking lines may change."""
    return "".join(text.translate(JOINTS).split())


def _collisions(subject: Subject) -> Iterator[Finding]:
    set_ = [p for p in subject.parts if p.place == "layout"]
    for a, b in combinations(set_, 2):
        if any(_touch(x, y) for x in a.line_boxes for y in b.line_boxes):
            yield _fail(a, f"“{a.text}” runs into “{b.text}”", "overlap", "apart")
    others = [("the logo", subject.sign.box)] if subject.sign else []
    if subject.product is not None and subject.product.words is not None:
        others.append(("the product's label", subject.product.words))
    for part in set_:
        for name, box in others:
            if any(_touch(line, box) for line in part.line_boxes):
                yield _fail(part, f"“{part.text}” runs into {name}", "overlap", "apart")


def _touch(a: Box, b: Box) -> bool:
    w, h = overlap(a, b)
    return w > TOUCH and h > TOUCH


def _label(subject: Subject) -> Iterator[Finding]:
    """A button's label has air on all sides."""
    if subject.button is None:
        return
    for part in subject.parts:
        if part.role == "cta" and beyond(part.box, subject.button.box) > -0.25 * part.size:
            yield _fail(part, f"“{part.text}” fills its button to the edge", "", "a quarter em of air")


def _breaks(subject: Subject) -> Iterator[Finding]:
    for part in subject.parts:
        if part.cost > CLUMSY:
            yield Finding(
                code="text_fit", verdict="warn", fact=f"“{' / '.join(part.lines)}” breaks badly", where=part.role,
                measured=f"{part.cost:.0f} points", wanted=f"≤ {CLUMSY:.0f} points", help=SHORTER,
            )


def _fail(part: Part, fact: str, measured: str, wanted: str) -> Finding:
    return Finding(code="text_fit", verdict="fail", fact=fact, where=part.role, measured=measured, wanted=wanted,
                   help=SHORTER)
