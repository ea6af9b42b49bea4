"""cta: a button is drawn where nobody else draws one, and nowhere else.

What it does
    Compares what is drawn with the placement's rule. A drawn button must part from its ground and have a short label.

Why it is bad
    A drawn button under a platform's own is a control that does nothing: Meta calls it non-existent functionality and
    refuses the ad. A banner without one does not say that it can be pressed.

What to do
    Leave the button to the layout, which knows the placement; if the rule is wrong, correct the placement's row.

Thresholds and their source
    `cta` of the placement's row: `platform` and `phrase` allow no button, `draw` wants one. The fill parts from its
    ground by 30 Lc (APCA's least for things that are no text), half of that fails. A label has up to 24 characters.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from brand_kits.colour import apca, hex_to_srgb
from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.subject import Button, Subject

FILL = Scale(code="cta.fill", floor=15.0, wanted=30.0, form="{:.0f} Lc", help="Give the kit an accent that parts from this.")
LONGEST, RING = 24, 6


def check(subject: Subject) -> list[Finding]:
    """Whether the button follows the placement's rule."""
    wants = subject.placement.cta == "draw"
    if subject.button is None:
        return list(_missing()) if wants else []
    if not wants:
        return [Finding(
            code="cta.drawn", verdict="fail", fact="A button is drawn where the platform draws its own", where="button",
            measured="a button", wanted="none", help="Leave it out at this placement.",
        )]
    label = next((p.text for p in subject.parts if p.role == "cta"), "")
    ill = "The button melts into its ground"
    fill = FILL.judge(_parted(subject.button, subject), "The button parts from its ground", ill, "button")
    return told([fill, *_label(label)])


def _missing() -> Iterator[Finding]:
    yield Finding(code="cta.missing", verdict="warn", fact="There is no button, and nobody else draws one", where="button",
                  measured="none", wanted="a button", help="Choose a family that has room for one here.")


def _label(label: str) -> Iterator[Finding]:
    if not label:
        yield Finding(code="cta.label", verdict="fail", fact="The button says nothing", where="button", measured="no label",
                      wanted="a label", help="Give the brief a call to action.")
    elif len(label) > LONGEST:
        yield Finding(code="cta.label", verdict="warn", fact=f"“{label}” is long for a button", where="button",
                      measured=f"{len(label)} characters", wanted=f"≤ {LONGEST} characters", help="Say it shorter.")


def _parted(button: Button, subject: Subject) -> float:
    """Median |Lc| between the pill and a ring of ground around it."""
    w, h = subject.size
    x, y, bw, bh = (round(v) for v in button.box)
    ring = np.zeros((h, w), bool)
    ring[max(0, y - RING) : y + bh + RING, max(0, x - RING) : x + bw + RING] = True
    ring[max(0, y - 2) : y + bh + 2, max(0, x - 2) : x + bw + 2] = False
    around = subject.ground[ring].astype(np.float64) / 255
    return float(np.median(np.abs(apca(hex_to_srgb(button.colour), around)))) if len(around) else 100.0
