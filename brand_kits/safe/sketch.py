"""Small pictures of a kit's logos, products and faces, for pages: its own files are never handed on.

    sketched(kit, folder)   folder/logo-primary.webp, product-bottle.webp, type-display-800.webp, script-text-grek.webp

They are drawn by a process with limits (`pencil`), whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from brand_kits.errors import UnsafeFileError
from brand_kits.kit import BrandKit, TypeRole
from brand_kits.safe import font, svg

SECONDS: Final = 60
WIDTH, PRODUCT, SHEET = 720, 640, 1400
SIZES: Final = {"display": 120}
SIZE, MARGIN = 76, 40

SCRIPTS: Final = {
    "Latn": ("Latin", "Zażółć ça où Größe ñ ø ı ő"),
    "Grek": ("Greek", "Ξύπνησε νωρίς, αργά"),
    "Cyrl": ("Cyrillic", "Ещё чашку, будь ласка"),
    "Hebr": ("Hebrew", "ערב טוב לכולם"),
    "Arab": ("Arabic", "مساء الخير جميعا"),
    "Deva": ("Devanagari", "शुभ संध्या सबको"),
    "Thai": ("Thai", "สวัสดีตอนเย็น"),
    "Jpan": ("Japanese", "こんばんは、夜の珈琲"),
    "Hans": ("Chinese, simplified", "晚上好，夜里的咖啡"),
    "Hant": ("Chinese, traditional", "晚安，夜裡的咖啡"),
    "Kore": ("Korean", "좋은 저녁, 밤의 커피"),
}  # fmt: skip
"""ISO 15924 code -> what it is called, and words that need its letters."""


def sketched(kit: BrandKit, folder: Path) -> Path:
    """The folder with every picture, drawn when it is not there yet. UnsafeFileError when drawing took too long."""
    if folder.is_dir():
        return folder
    part = folder.with_name(f".{folder.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    part.mkdir(parents=True)
    try:
        _draw(list(_jobs(kit, part)), kit.name)
        with suppress(OSError):  # another was faster: that one stands
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _draw(jobs: list[dict[str, Any]], name: str) -> None:
    command = [sys.executable, "-I", str(Path(__file__).with_name("pencil.py"))]
    bare = {k: os.environ[k] for k in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if k in os.environ}  # no secrets of ours
    words = json.dumps(jobs).encode()
    try:
        subprocess.run(command, input=words, env=bare, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as cause:
        raise UnsafeFileError(f"The files of {name} took over {SECONDS} s to draw", code="kit.slow", where=name,
                              help="Give simpler drawings and smaller pictures.") from cause


def _jobs(kit: BrandKit, folder: Path) -> Iterator[dict[str, Any]]:
    for logo in kit.logos.values():
        text = svg.read_svg(logo.file).text
        yield {"kind": "drawing", "svg": text, "size": logo.size, "width": WIDTH, "out": str(folder / f"logo-{logo.name}.webp")}
    for shot in kit.product_pictures.values():
        yield {"kind": "picture", "file": str(shot.file), "width": PRODUCT, "out": str(folder / f"product-{shot.name}.webp")}
    mode = next(iter(kit.palette.modes.values()))
    colours = kit.palette.hexes(mode.name)
    for role in kit.type.values():
        for name, text, weight in specimens(kit, role):
            yield {"kind": "words", "file": str(role.file(weight)), "text": text, "size": SIZES.get(role.name, SIZE),
                   "width": SHEET, "margin": MARGIN, "ground": colours["ground"], "ink": colours["ink"],
                   "out": str(folder / f"{name}.webp")}  # fmt: skip


def specimens(kit: BrandKit, role: TypeRole) -> Iterator[tuple[str, str, int]]:
    """What is set in a role's faces: name of the picture, words, weight. Scripts that its face does not draw are left out."""
    line = spoken(kit)
    for weight in role.weights:
        yield f"type-{role.name}-{weight}", line.upper() if role.case == "upper" else line, weight
    for script in drawn(role):
        yield f"script-{role.name}-{script.lower()}", SCRIPTS[script][1], 600


def spoken(kit: BrandKit) -> str:
    """A line of the brand's own: its first claim in any language, else its name."""
    texts = next((claim.texts for claim in kit.claims), {})
    line = texts.get("en") or next(iter(texts.values()), "") or kit.name
    return line[:1].upper() + line[1:60]


def drawn(role: TypeRole) -> tuple[str, ...]:
    """The scripts whose sample words the role's face has letters for."""
    letters = font.read_font(role.file(600)).letters
    return tuple(code for code, (_, text) in SCRIPTS.items() if {ord(c) for c in text if c != " "} <= letters)
