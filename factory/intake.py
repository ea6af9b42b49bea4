"""What people upload: looked at before it is opened, bounded before it is decoded, and kept only as made anew by us."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from brand_kits.errors import KitError
from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from brand_kits.safe.files import Blob
from brand_kits.safe.raster import MAX_BYTES, PictureFacts, decode
from factory.errors import Fault, InputError
from factory.ids import digest_bytes
from factory.kitzip import unpack_file

MAX_KIT = 100_000_000

PICTURES = ((b"\x89PNG\r\n\x1a\n", 0, "PNG"), (b"\xff\xd8\xff", 0, "JPEG"), (b"WEBP", 8, "WebP"))
OTHERS = (
    (b"GIF8", 0, "a GIF"), (b"BM", 0, "a bitmap (BMP)"), (b"%PDF", 0, "a PDF"), (b"8BPS", 0, "a Photoshop file"),
    (b"II*\0", 0, "a TIFF"), (b"MM\0*", 0, "a TIFF"), (b"ftyphei", 4, "a HEIC picture"), (b"ftypmif1", 4, "a HEIC picture"),
    (b"ftypavif", 4, "an AVIF picture"), (b"ftyp", 4, "a film"), (b"PK\x03\x04", 0, "a zip archive"), (b"MZ", 0, "a program"),
    (b"\x7fELF", 0, "a program"), (b"#!", 0, "a program"),
)  # fmt: skip
TEXTS = ((b"<svg", "an SVG drawing"), (b"<?xml", "an XML or SVG file"), (b"<!doctype", "a web page"), (b"<html", "a web page"))
"""How files begin (bytes, at which offset): first those that are read, then those that people send by mistake."""


def picture(data: bytes, name: str = "picture") -> tuple[bytes, PictureFacts]:
    """A picture made anew: PNG, sRGB, upright, nothing but pixels in it; RGB when opaque, RGBA when not.

    What it is is told by its first bytes, never by its name. Equal pixels give equal bytes. InputError says why not.
    """
    _sniff(data, name)
    try:
        pixels = decode(Blob(digest=digest_bytes(data), data=data, name=name))
    except KitError as error:
        raise _input_error(error) from error
    from PIL import Image

    height, width = pixels.shape[:2]
    transparent = bool(pixels[..., 3].min() < 255)
    sink = io.BytesIO()
    Image.fromarray(pixels if transparent else pixels[..., :3]).save(sink, "PNG", compress_level=4)
    return sink.getvalue(), PictureFacts(width=width, height=height, transparent=transparent)


def _sniff(data: bytes, name: str) -> None:
    if len(data) > MAX_BYTES:
        raise _refused("picture.size", f"{name} has {_mb(len(data))}", name, f"At most {_mb(MAX_BYTES)} are read.")
    if not data:
        raise _refused("picture.empty", f"{name} is empty", name, "Send the file again.")
    if not any(data.startswith(magic, at) for magic, at, _ in PICTURES):
        raise _refused("picture.kind", f"{name} is {_kind(data)}", name, "Save it as PNG, JPEG or WebP.")


def _kind(data: bytes) -> str:
    text = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    found = [k for magic, at, k in OTHERS if data.startswith(magic, at)] + [k for magic, k in TEXTS if text.startswith(magic)]
    return found[0] if found else "no picture that is known here"


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def kit_zip(path: Path, folder: Path) -> BrandKit:
    """The kit in an uploaded zip, unpacked into a new folder and read. InputError with every fault; then nothing is left.

    kit.yaml lies at the top or in the only folder. Files that no kit is made of are left out.
    """
    size = path.stat().st_size
    if size > MAX_KIT:
        raise _refused("zip.size", f"The archive has {_mb(size)}", path.name, f"At most {_mb(MAX_KIT)} are read.")
    with path.open("rb") as file:
        unpack_file(file, folder, path.name)
    try:
        return load_kit(folder)
    except KitError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _input_error(error) from error


def _input_error(error: KitError) -> InputError:
    return InputError([Fault(code=f.code, fact=f.fact, where=f.where, help=f.help) for f in error.faults])


def _refused(code: str, fact: str, where: str, help: str) -> InputError:
    return InputError([Fault(code=code, fact=fact, where=where, help=help)])
