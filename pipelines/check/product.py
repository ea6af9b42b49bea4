"""product: the product is there, whole where it matters, and exactly as it was photographed.

What it does
    Where the concept shows the product it must be on the picture. Inside a thin rim its pixels are compared with the
    original's, its outline with the original's proportions, its size with its native pixels. The words of its label
    are either all on the canvas or all off it.

Why it is bad
    A product that was recoloured, stretched or cut through its name is not the one that people get.

What to do
    Give a larger cut-out, choose a family that shows less of it, or another ground.

Thresholds and their source
    Outline: overlap of .985, fails under .97; less by half a pixel over the height, as the grid alone costs that much
    (1 % of a product 50 px high). Colour: mean dE2000 of 2 (just noticeable side by side), fails over 4; a small JPEG
    alone reaches 1.5. Never over native size (2 % forgiven). A strip may show the head of a bottle (.31 of it); under a
    quarter nobody knows what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.sight import overlap
from pipelines.check.subject import Standing, Subject

SHAPE = Scale(code="product.shape", floor=0.97, wanted=0.985, form="{:.3f} overlap",
              help="Scale it in both directions alike.")
COLOUR = Scale(code="product.colour", floor=4.0, wanted=2.0, form="{:.1f} dE2000",
               help="Lay nothing over it, and give the file more bytes.", less=True)
SCALE = Scale(code="product.scale", floor=1.05, wanted=1.02, form="{:.2f} of native size",
              help="Give a larger cut-out.", less=True)
SHARE = Scale(code="product.share", floor=0.12, wanted=0.25, form="{:.2f} on the canvas", help="Show more of it.")
CUT = 0.02


def check(subject: Subject) -> list[Finding]:
    """Whether the product is there and true."""
    standing = subject.product
    if standing is None:
        return list(_missing(subject))
    found = [
        _shape(standing).judge(standing.shape_overlap, "The product has its own proportions", "The product is out of proportion",
                    standing.name),
        COLOUR.judge(standing.delta_e, "The product has its own colours", "The product's colours are changed", standing.name),
        SCALE.judge(standing.scale, "The product is not larger than its picture", "The product is larger than its picture",
                    standing.name),
        SHARE.judge(standing.share, "Enough of the product is seen", "Little of the product is seen", standing.name),
        *_words(standing, subject),
    ]
    well = Finding(code="product", verdict="pass", fact="The product is as it was photographed", where=standing.name,
                   measured=f"{found[0].measured}, {found[1].measured}")
    return told(found, well)


def _shape(standing: Standing) -> Scale:
    """The scale for the outline, as fine as pixels of that size can tell."""
    grid = 0.5 / max(standing.box[3], 20.0)
    return replace(SHAPE, floor=SHAPE.floor - grid, wanted=SHAPE.wanted - grid)


def _missing(subject: Subject) -> Iterator[Finding]:
    if "product" in subject.expected:
        yield Finding(
            code="product.missing", verdict="warn", fact="The concept shows the product and this picture does not",
            measured="none", wanted="the product", help="Choose a family that has room for it here.",
        )


def _words(standing: Standing, subject: Subject) -> Iterator[Finding]:
    """The label's words are all seen or not at all."""
    if standing.words is None:
        return
    w, h = standing.words[2:]
    across, down = overlap(standing.words, (0.0, 0.0, float(subject.size[0]), float(subject.size[1])))
    seen = max(0.0, across) * max(0.0, down) / max(w * h, 1e-6)
    if CUT < seen < 1 - CUT:
        yield Finding(
            code="product.label", verdict="fail", fact="The edge cuts the words of the label", where=standing.name,
            measured=f"{seen:.0%} seen", wanted="all or none", help="Stand it elsewhere, or crop it above the label.",
        )
