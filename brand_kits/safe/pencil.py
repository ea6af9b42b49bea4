"""Draws a kit's files small, in a process of its own that has little: nothing imports this, `sketch` starts it.

Standard input holds a JSON list of jobs; each leaves a WebP at its `out`. A file that cannot be drawn leaves nothing.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

SECONDS, MEMORY, BYTES = 40, 3_000_000_000, 8_000_000
TALL = 1440


def main() -> int:
    """Do every job of standard input. Returns how many failed, at most 100."""
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, BYTES),
                       (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))
    failed = 0
    for job in json.load(sys.stdin):
        try:
            HANDS[job["kind"]](job).save(job["out"], "WEBP", quality=88, method=4)
        except Exception as error:
            sys.stderr.write(f"{job['kind']} {Path(job['out']).name}: {type(error).__name__}\n")
            failed += 1
    return min(failed, 100)


def drawing(job: Mapping[str, Any]) -> Any:
    """A cleaned SVG on nothing, `width` px wide unless it is very tall."""
    import skia
    from PIL import Image

    scale = min(job["width"] / job["size"][0], TALL / job["size"][1])
    width, height = (max(1, round(side * scale)) for side in job["size"])
    dom = skia.SVGDOM.MakeFromStream(skia.MemoryStream(job["svg"].encode()))
    if not dom:
        raise ValueError("no drawing")
    dom.setContainerSize(skia.Size(width, height))
    surface = skia.Surface(width, height)
    surface.getCanvas().clear(skia.ColorTRANSPARENT)
    dom.render(surface.getCanvas())
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    return Image.fromarray(pixels, "RGBA")


def picture(job: Mapping[str, Any]) -> Any:
    """A picture, its longer side `width` px."""
    from PIL import Image

    with Image.open(job["file"], formats=("JPEG", "PNG", "WEBP")) as opened:
        small = opened.convert("RGBA")
    small.thumbnail((job["width"], job["width"]), Image.Resampling.LANCZOS)
    return small


def words(job: Mapping[str, Any]) -> Any:
    """Words in a face: `ink` on `ground`, on one line that is at most `width` px wide."""
    from PIL import Image, ImageDraw, ImageFont

    width, size, margin = job["width"], job["size"], job["margin"]
    face = ImageFont.truetype(job["file"], size)
    length = face.getlength(job["text"])
    if length > width - 2 * margin:
        size = max(8, int(size * (width - 2 * margin) / length))
        face = ImageFont.truetype(job["file"], size)
    up, down = face.getmetrics()
    sheet = Image.new("RGB", (width, min(1000, up + down + margin)), job["ground"])
    ImageDraw.Draw(sheet).text((margin, margin // 2), job["text"], font=face, fill=job["ink"])
    return sheet


HANDS: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {"drawing": drawing, "picture": picture, "words": words}

if __name__ == "__main__":
    sys.exit(main())
