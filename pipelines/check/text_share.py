"""text_share: no more type on the picture than the placement allows.

What it does
    Adds up the boxes of all lines of type and of the logo, overlaps once, and compares their share of the canvas with
    the placement's limit. Where a placement wants no text on the picture, any is too much.

Why it is bad
    Such platforms refuse the picture, or show it less.

What to do
    Use the clean picture there, or a family with fewer words.

Thresholds and their source
    `text_share` and `text_on_image` of the placement's row, with its source. No margin: a limit is a limit.
"""

from __future__ import annotations

import numpy as np

from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.subject import Box, Subject

CLEAN = "Use the clean picture at this placement."


def check(subject: Subject) -> list[Finding]:
    """The share of type where the placement limits it."""
    limit = 0.0 if not subject.placement.text_on_image else subject.placement.text_share
    if limit is None:
        return []
    scale = Scale(code="text_share", floor=limit, wanted=limit, form="{:.3f} of the picture", help=CLEAN, less=True)
    ill = "The picture has more type than the placement takes"
    return told([scale.judge(share(subject), "The picture has no more type than the placement takes", ill)])


def share(subject: Subject) -> float:
    """Share of the canvas under lines of type and the logo."""
    w, h = subject.size
    covered = np.zeros((h, w), bool)
    for x, y, bw, bh in _boxes(subject):
        covered[max(0, round(y)) : max(0, round(y + bh)), max(0, round(x)) : max(0, round(x + bw))] = True
    return float(covered.mean())


def _boxes(subject: Subject) -> list[Box]:
    boxes = [line for part in subject.parts for line in part.line_boxes]
    return [*boxes, subject.sign.box] if subject.sign else boxes
