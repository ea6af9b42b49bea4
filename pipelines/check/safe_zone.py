"""safe_zone: type, logo and button stay inside the part of the canvas that the platform leaves free.

What it does
    Compares the ink of every text, the logo and the button with the placement's safe zone.

Why it is bad
    Platforms lay their own name, buttons and captions over the edges of a story or a reel, and phones have round
    corners: what stands there is hidden or cut.

What to do
    Move it inside: families are drawn for the live box of their class. If the zone itself is wrong, correct the
    placement's row with its source.

Thresholds and their source
    The zone is the placement's (`factory/placements`, each figure with its source). 0.4 % of the short side is
    forgiven (optical edges hang); over 1 % fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.sight import beyond
from pipelines.check.subject import Box, Subject

FORGIVEN, FAILS = 0.004, 0.010


def check(subject: Subject) -> list[Finding]:
    """How far anything reaches out of the safe zone."""
    short = min(subject.size)
    scale = Scale(
        code="safe_zone", floor=max(2.0, FAILS * short), wanted=max(1.0, FORGIVEN * short), form="{:.1f} px out",
        help="Move it inside the placement's safe zone.", less=True,
    )
    zone = safe_box(subject)
    found = [
        scale.judge(max(0.0, beyond(box, zone)), "Everything stands clear of the platform's own things",
                    f"{name} stands where the platform may cover it", where)
        for where, name, box in _things(subject)
    ]
    return told(found)


def safe_box(subject: Subject) -> Box:
    """The placement's free part of the canvas, px."""
    w, h = subject.size
    safe = subject.placement.safe
    return safe.left * w, safe.top * h, (1 - safe.left - safe.right) * w, (1 - safe.top - safe.bottom) * h


def _things(subject: Subject) -> Iterator[tuple[str, str, Box]]:
    for part in subject.parts:
        yield part.role, f"“{part.text}”", part.box
    if subject.sign is not None:
        yield "logo", "The logo", subject.sign.box
    if subject.button is not None:
        yield "button", "The button", subject.button.box
