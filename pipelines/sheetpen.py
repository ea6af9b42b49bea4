"""A pen for the contact sheet: pictures, words and rules on a quiet ground, in two faces of the kit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Rgb = tuple[int, int, int]
GROUND: Rgb = (0xF6, 0xF5, 0xF2)
INK: Rgb = (0x1C, 0x1B, 0x1A)
MUTED: Rgb = (0x6B, 0x68, 0x64)
LINE: Rgb = (0xDD, 0xDA, 0xD4)
EDGE: Rgb = (0xE3, 0xE1, 0xDC)
DOTS = "…"


class Pen:
    """Draws on one sheet of (height, width) px."""

    def __init__(self, width: int, height: int, text_face: Path, bold_face: Path) -> None:
        import skia

        self._skia: Any = skia
        self._pixels = np.empty((height, width, 4), np.uint8)
        self._pixels[:] = (*GROUND[::-1], 255)
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self._pixels)
        self._canvas = self._surface.getCanvas()
        self._faces = {bold: skia.Typeface.MakeFromFile(str(p)) for bold, p in ((False, text_face), (True, bold_face))}

    def write(self, text: str, x: float, y: float, size: float, colour: Rgb, *, bold: bool = False) -> None:
        """Text with its baseline at y."""
        self._canvas.drawString(text, x, y, self._font(size, bold), self._paint(colour))

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Width of a text in px."""
        return float(self._font(size, bold).measureText(text))

    def fitting(self, text: str, width: float, size: float) -> str:
        """The text, or as much of it as fits with an ellipsis."""
        if self.width(text, size) <= width:
            return text
        while text and self.width(text + DOTS, size) > width:
            text = text[:-1]
        return text.rstrip() + DOTS

    def lines(self, text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
        """The text broken at spaces into lines that fit; a longer word stands alone."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer, size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def balanced(self, text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
        """As few lines as fit, and these as even as can be."""
        count = len(self.lines(text, width, size, bold=bold))
        narrow = (width * share / 20 for share in range(11, 20))
        return next((t for w in narrow if len(t := self.lines(text, w, size, bold=bold)) == count),
                    self.lines(text, width, size, bold=bold))

    def picture(self, pixels: Pixels, x: int, y: int, size: tuple[int, int]) -> None:
        """A picture (h, w, 3) RGB at a size, with a hairline that parts a pale one from the ground."""
        import cv2

        w, h = size
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        self._pixels[y : y + h, x : x + w, :3] = small[..., ::-1]
        paint = self._paint(EDGE)
        paint.setStyle(self._skia.Paint.kStroke_Style)
        self._canvas.drawRect(self._skia.Rect.MakeXYWH(x - 0.5, y - 0.5, w + 1, h + 1), paint)

    def rule(self, x: float, y: float, width: float) -> None:
        """A hairline across."""
        self._canvas.drawRect(self._skia.Rect.MakeXYWH(x, y, width, 2), self._paint(LINE))

    def play(self, x: float, y: float) -> None:
        """A play mark centred at a point."""
        skia = self._skia
        self._canvas.drawCircle(x, y, 22, skia.Paint(Color=skia.Color(255, 255, 255, 235), AntiAlias=True))
        path = skia.Path()
        path.addPoly([skia.Point(x - 6, y - 10), skia.Point(x + 11, y), skia.Point(x - 6, y + 10)], True)
        self._canvas.drawPath(path, self._paint(INK))

    def jpeg(self, quality: int) -> bytes:
        """The sheet as JPEG."""
        import simplejpeg

        rgb = np.ascontiguousarray(self._pixels[..., 2::-1])
        return bytes(simplejpeg.encode_jpeg(rgb, quality=quality, colorsubsampling="444"))

    def _font(self, size: float, bold: bool) -> Any:
        font = self._skia.Font(self._faces[bold], size)
        font.setSubpixel(True)
        font.setEdging(self._skia.Font.Edging.kAntiAlias)
        return font

    def _paint(self, colour: Rgb) -> Any:
        return self._skia.Paint(Color=self._skia.Color(*colour), AntiAlias=True)
