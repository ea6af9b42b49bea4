"""Draw the printed art of the products: `python label_art.py bottle OUT.png` (or `can`).

One unit is a millimetre on the unrolled surface; the front is the middle of the picture.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import skia

KIT = Path(__file__).resolve().parents[2]
CREAM, LILAC, PERSIMMON, MIDNIGHT = 0xFFF7EDE0, 0xFFC8B6E2, 0xFFF05A28, 0xFF1C1A3B
LACQUER = 0xFF1E1B48  # midnight under a grey sheen: bluer, so that it reads as midnight
PX_PER_MM = 24


@dataclass(frozen=True, slots=True)
class Sheet:
    """A canvas in millimetres, x = 0 in the middle, y down from the top."""

    canvas: skia.Canvas

    def text(
        self, words: str, y: float, cap: float, colour: int, *, x: float = 0.0, track: float = 0.0,
        face: str = "Figtree-Bold",
    ) -> None:  # fmt: skip
        """Words on the baseline y, centred on x; `cap` is the height of a capital in mm."""
        font = skia.Font(skia.Typeface.MakeFromFile(str(KIT / f"fonts/{face}.ttf")), 100)
        font.setSize(100 * cap / abs(font.getMetrics().fCapHeight))
        font.setSubpixel(True)
        font.setLinearMetrics(True)
        font.setHinting(skia.FontHinting.kNone)
        widths = [font.measureText(letter) + track * cap for letter in words]
        at = x - (sum(widths) - track * cap) / 2
        for letter, width in zip(words, widths, strict=True):
            self.canvas.drawString(letter, at, y, font, _paint(colour))
            at += width

    def logo(self, name: str, top: float, height: float) -> None:
        """An SVG of the kit, centred, `height` mm high."""
        source = (KIT / f"logo/{name}.svg").read_bytes()
        box = [float(n) for n in re.findall(rb'viewBox="([^"]+)"', source)[0].split()]
        drawing = skia.SVGDOM.MakeFromStream(skia.MemoryStream(source))
        drawing.setContainerSize(skia.Size(box[2], box[3]))
        scale = height / box[3]
        self.canvas.save()
        self.canvas.translate(-box[2] * scale / 2, top)
        self.canvas.scale(scale, scale)
        drawing.render(self.canvas)
        self.canvas.restore()

    def band(self, top: float, height: float, colour: int) -> None:
        """A stripe right round."""
        self.canvas.drawRect(skia.Rect.MakeXYWH(-500, top, 1000, height), _paint(colour))


def _paint(colour: int) -> skia.Paint:
    return skia.Paint(Color=colour, AntiAlias=True)


def bottle(sheet: Sheet) -> None:
    """Label of the bottle, 208 x 70 mm: mark, word, what it is, how long it slept."""
    sheet.canvas.clear(CREAM)
    sheet.logo("mark", 6.5, 21.5)
    sheet.logo("word", 30.8, 12.4)
    sheet.text("COLD BREW", 51.0, 3.5, MIDNIGHT, track=0.42)
    sheet.band(58.6, 11.4, LILAC)
    sheet.text("steeped 18 hours", 65.5, 2.45, MIDNIGHT, x=-8.0, face="Figtree-SemiBold", track=0.03)
    sheet.text("330 ml", 65.5, 2.45, MIDNIGHT, x=17.6, face="Figtree-SemiBold", track=0.03)


def can(sheet: Sheet) -> None:
    """Print of the can, 157 x 114 mm (foot's curve to neck): night above, lilac below."""
    sheet.canvas.clear(LACQUER)
    sheet.logo("mark", 25.0, 20.5)
    sheet.logo("word-reversed", 49.4, 11.6)
    sheet.band(70.0, 26.0, LILAC)
    sheet.band(96.0, 1.2, PERSIMMON)
    sheet.text("NITRO", 80.2, 4.3, MIDNIGHT, track=0.36)
    sheet.text("cold brew on nitrogen", 86.4, 2.0, MIDNIGHT, face="Figtree-SemiBold", track=0.03)
    sheet.text("200 ml", 91.4, 2.0, MIDNIGHT, face="Figtree-SemiBold", track=0.03)


ART: dict[str, tuple[Callable[[Sheet], None], float, float]] = {
    "bottle": (bottle, 207.6, 70.0),
    "can": (can, 157.1, 113.7),
}


def main() -> None:
    """Write one piece of art as PNG."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("product", choices=list(ART))
    ask.add_argument("out")
    want = ask.parse_args()
    draw, wide, high = ART[want.product]
    surface = skia.Surface(round(wide * PX_PER_MM), round(high * PX_PER_MM))
    canvas = surface.getCanvas()
    canvas.scale(PX_PER_MM, PX_PER_MM)
    canvas.translate(wide / 2, 0)
    draw(Sheet(canvas))
    surface.makeImageSnapshot().save(want.out, skia.kPNG)


if __name__ == "__main__":
    main()
