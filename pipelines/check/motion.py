"""motion: a video hurts nobody, moves at once, never stands dead, and opens on a picture that works as a still.

What it does
    Judges what was measured of every frame while the film was made (flashes, jumps of light, dead time, blank frames,
    the first frame, the end card's hold, loudness), and looks at frames decoded from the finished file.

Why it is bad
    Flashes can cause seizures. A first frame that is black or empty is the thumbnail everywhere. A second without
    movement is a second in which people leave. A clip that is too loud is turned down, or off.

What to do
    Choose another storyboard or light, or change the storyboard's moves (`pipelines/motion/storyboards`).

Thresholds and their source
    Three flashes in any second (WCAG 2.2, 2.3.1) fail beyond. Light jumping on a quarter of the picture: twice a
    second. Dead: half a second in which no frame differs from its first by .15 % of full range; before the end lockup
    there is none. Second half: within half a second the picture changes by .2 % nearly everywhere in time. The end
    lockup holds still to be read: .75 s at least, 1.25 s at most. Something moves by frame 3. -14 LUFS within 1, true
    peak -1 dB, as streaming services set it (ITU-R BS.1770).
    Frame 0 is what feeds show as a film's poster: as light as the still it comes from (a wipe or fade has begun below
    95 %), with nine tenths of the still's type and product, and with the product's shadow at its foot; mean lightness
    .18 (a brand's night) to .93.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.subject import Film, Subject

BOARD = "Choose another storyboard or light."
POSTER = "Begin with the finished still; let things leave and come after it."
MIX = "Set the sound's level again."
SCALES: tuple[tuple[str, str, str, Scale], ...] = (
    ("flashes_per_second", "It does not flash", "It flashes",
     Scale(code="motion.flash", floor=3, wanted=2, form="{:.0f} a second", help=BOARD, less=True)),
    ("jumps_per_second", "Its light does not jump", "Its light jumps",
     Scale(code="motion.jump", floor=4, wanted=2, form="{:.0f} a second", help=BOARD, less=True)),
    ("dead_seconds", "It never stands still for long", "It stands still for long",
     Scale(code="motion.dead", floor=1.0, wanted=0.6, form="{:.2f} s", help=BOARD, less=True)),
    ("second_half", "Its second half moves", "Its second half hardly moves",
     Scale(code="motion.second", floor=0.001, wanted=0.002, form="{:.4f} of full range in half a second", help=BOARD)),
    ("blank_frames", "No frame is blank", "A frame is blank",
     Scale(code="motion.blank", floor=0, wanted=0, form="{:.0f} frames", help=BOARD, less=True)),
    ("first_move", "Something moves at once", "Nothing moves at once",
     Scale(code="motion.start", floor=15, wanted=3, form="frame {:.0f}", help=BOARD, less=True)),
    ("first_lightness", "The first frame is not dark", "The first frame is dark",
     Scale(code="motion.first", floor=0.12, wanted=0.18, form="{:.2f} lightness", help=BOARD)),
    ("first_lightness", "The first frame is not white", "The first frame is nearly white",
     Scale(code="motion.first", floor=0.97, wanted=0.93, form="{:.2f} lightness", help=BOARD, less=True)),
    ("first_light", "The first frame is as bright as the still", "The first frame is dimmed",
     Scale(code="motion.poster", floor=0.85, wanted=0.95, form="{:.2f} of the still's lightness", help=POSTER)),
    ("first_shown", "The first frame is a finished picture", "The first frame is not finished",
     Scale(code="motion.poster", floor=0.5, wanted=0.9, form="{:.2f} of what the still shows", help=POSTER)),
    ("first_shadow", "The product stands in the first frame", "The product floats in the first frame",
     Scale(code="motion.afloat", floor=0.4, wanted=0.7, form="{:.2f} of its shadow", help=POSTER)),
    ("still_tail", "The end card is not held too long", "The end card is held too long",
     Scale(code="motion.end", floor=2.0, wanted=1.25, form="{:.2f} s", help=BOARD, less=True)),
    ("still_tail", "The end card holds still", "The end card does not hold still",
     Scale(code="motion.end", floor=0.3, wanted=0.75, form="{:.2f} s", help=BOARD)),
    ("loudness_off", "It is as loud as other films", "It is not as loud as other films",
     Scale(code="motion.loudness", floor=3.0, wanted=1.0, form="{:.1f} LU from -14", help=MIX, less=True)),
    ("true_peak", "Its peaks do not clip", "Its peaks may clip",
     Scale(code="motion.peak", floor=0.0, wanted=-0.9, form="{:.1f} dBTP", help=MIX, less=True)),
)
"""Figure, what is said when it is well and when it is not, and its scale: a row a rule."""
FLAT = 2.0


def check(subject: Subject) -> list[Finding]:
    """Whether the film is kind to its viewers."""
    if subject.film is None:
        return []
    found = [*_figures(subject.film.figures), *_frames(subject.film)]
    well = Finding(code="motion", verdict="pass", fact="The film is kind to its viewers",
                   measured=f"{len(found)} figures, {len(subject.film.frames)} frames")
    return told(found, well)


def _figures(figures: Mapping[str, Any]) -> Iterator[Finding]:
    known = dict(figures)
    if "loudness" in known:
        known["loudness_off"] = abs(float(known["loudness"]) + 14)
    for name, well, ill, scale in SCALES:
        if name in known:
            yield scale.judge(float(known[name]), well, ill)


def _frames(film: Film) -> Iterator[Finding]:
    """What the file itself shows."""
    if not film.frames:
        yield Finding(code="motion.damaged", verdict="fail", fact="The film does not decode", measured="no frames",
                      wanted="frames", help="Write the file again.")
    for n, frame in enumerate(film.frames):
        spread = float(np.std(frame[::3, ::3], axis=(0, 1)).max())
        if spread < FLAT:
            yield Finding(code="motion.blank", verdict="fail", fact="A frame shows one colour only", where=f"frame {n}",
                          measured=f"{spread:.1f} levels", wanted=f"≥ {FLAT:g} levels", help=BOARD)
