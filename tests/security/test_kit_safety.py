"""What a hostile kit may try, tried through the front door: load_kit either refuses with a place, or loads."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from pathlib import Path

import pytest

from brand_kits.errors import KitError
from brand_kits.load import load_kit

SAMPLE = Path(__file__).parents[2] / "brand_kits" / "samples" / "vesper"
KIT = """\
kit: 1
name: Trap
version: "1"
palette:
  colours: {paper: {hex: "#FFFFFF"}, ink: {hex: "#000000"}}
  modes: {light: {kind: light, ground: paper, surface: paper, accent: ink, ink: ink, muted: ink}}
type:
  display: {family: F, files: {400: font.ttf}}
  text: {family: F, files: {400: font.ttf}}
logos:
  primary: {kind: logo, file: logo.svg, grounds: [paper]}
voice: {is: [calm], is_not: [loud]}
products:
  thing: {file: thing.png}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0H4V4Z"/></svg>'


def png(width: int, height: int, rows: bytes = b"\0") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    folder = tmp_path / "kit"
    folder.mkdir()
    shutil.copy(SAMPLE / "fonts" / "Figtree-Regular.ttf", folder / "font.ttf")
    (folder / "logo.svg").write_text(SVG, encoding="utf-8")
    (folder / "thing.png").write_bytes(png(1, 1, b"\0" * 5))
    (folder / "kit.yaml").write_text(KIT, encoding="utf-8")
    return folder


def refusal(folder: Path) -> list[str]:
    with pytest.raises(KitError) as caught:
        load_kit(folder)
    assert all(f.where and f.help for f in caught.value.faults)
    assert all(str(folder.parent) not in str(f) for f in caught.value.faults), "a message tells the machine's paths"
    return [f.code for f in caught.value.faults]


def test_the_bait_itself_is_a_good_kit(trap: Path) -> None:
    assert load_kit(trap).name == "Trap"


ENTITY = (
    '<!DOCTYPE svg [<!ENTITY x {}>]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><title>&x;</title></svg>'
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE_SVG = {
    "external entity": (ENTITY.format('SYSTEM "file:///etc/passwd"'), "svg.entity"),
    "remote entity": (ENTITY.format('SYSTEM "http://127.0.0.1:9/x"'), "svg.entity"),
    "billion laughs": (
        f'<!DOCTYPE svg [<!ENTITY l0 "lol">{LAUGHS}]><svg xmlns="http://www.w3.org/2000/svg">&l9;</svg>',
        "svg.entity",
    ),
    "outer document type": ('<!DOCTYPE svg SYSTEM "http://127.0.0.1:9/svg.dtd">' + SVG, "svg.entity"),
    "script": (SVG.replace("<path", "<script>fetch('//x')</script><path"), "svg.script"),
    "script by handler": (SVG.replace("<path", '<path onload="x()"'), "svg.script"),
    "script by link": (SVG.replace("<path", '<path href="javascript:x()"'), "svg.external"),
    "style import": (SVG.replace("<path", "<style>@import '//127.0.0.1:9/x.css';</style><path"), "svg.style"),
    "file as picture": (SVG.replace("<path", '<image href="file:///etc/passwd"/><path'), "svg.image"),
    "foreign content": (SVG.replace("<path", '<foreignObject><iframe src="//x"/></foreignObject><path'), "svg.foreign"),
    "copies of copies": (SVG.replace("<path", '<g id="a"><use href="#a"/></g><path'), "svg.use"),
    "deep nesting": (SVG.replace("<path", "<g>" * 5000 + "</g>" * 5000 + "<path"), "svg.size"),
    "too many bytes": (SVG + " " * 600_000, "file.size"),
}


@pytest.mark.parametrize("name", HOSTILE_SVG)
def test_a_hostile_logo_is_refused(trap: Path, name: str) -> None:
    text, code = HOSTILE_SVG[name]
    (trap / "logo.svg").write_text(text, encoding="utf-8")
    assert code in refusal(trap)


HOSTILE_YAML = {
    "billion laughs": ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "yaml.alias"),
    "recursion": ("a: &a [*a]\n", "yaml.alias"),
    "object": ("a: !!python/object/apply:os.system ['true']\n", "yaml.tag"),
    "own tag": ("a: !include /etc/passwd\n", "yaml.tag"),
    "merge key": ("base: &b {x: 1}\nkit: {<<: *b}\n", "yaml.alias"),
    "depth": ("x: " + "[" * 5000 + "]" * 5000, "yaml.depth"),
    "values": ("x: [" + "1," * 60_000 + "]", "yaml.size"),
    "bytes": ("# " + "x" * 600_000, "file.size"),
    "second document": (KIT + "---\nkit: 1\n", "yaml.documents"),
    "doubled key": (KIT + "name: Other\n", "yaml.twice"),
    "not text": (KIT + "\ud800", "yaml.encoding"),
}


@pytest.mark.parametrize("name", HOSTILE_YAML)
def test_a_hostile_kit_file_is_refused(trap: Path, name: str) -> None:
    text, code = HOSTILE_YAML[name]
    (trap / "kit.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert code in refusal(trap)


@pytest.mark.parametrize("field", ["font.ttf", "logo.svg", "thing.png"])
@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "sub/../../outside", "..\\\\outside", "file:///etc/passwd"]
)
def test_no_file_outside_the_folder_is_opened(trap: Path, field: str, name: str) -> None:
    (trap.parent / "outside").write_bytes((trap / field).read_bytes())
    (trap / "kit.yaml").write_text(KIT.replace(field, f'"{name}"'), encoding="utf-8")
    assert set(refusal(trap)) == {"file.outside"}


@pytest.mark.parametrize("field", ["font.ttf", "logo.svg", "thing.png"])
def test_no_link_leads_out_of_the_folder(trap: Path, field: str) -> None:
    (trap / field).rename(trap.parent / "outside")
    (trap / field).symlink_to(trap.parent / "outside")
    assert set(refusal(trap)) == {"file.outside"}


@pytest.mark.parametrize("field", ["font.ttf", "logo.svg", "thing.png"])
def test_a_pipe_or_device_is_never_read(trap: Path, field: str) -> None:
    (trap / field).unlink()
    os.mkfifo(trap / field)
    assert set(refusal(trap)) == {"file.kind"}


HOSTILE_PNG = {
    "a picture of 10,000 megapixels": (png(100_000, 100_000), "picture.size"),
    "a picture of 41 megapixels": (png(6_403, 6_404), "picture.size"),
    "a picture one pixel high": (png(20_000, 1), "picture.size"),
    "no rows": (png(500, 500), "picture.broken"),
    "text": (b"GIF89a" + b"\0" * 40, "picture.broken"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "picture.broken"),
    "nothing": (b"", "picture.broken"),
}


@pytest.mark.parametrize("name", HOSTILE_PNG)
def test_a_hostile_picture_is_refused_before_it_is_decoded(trap: Path, name: str) -> None:
    data, code = HOSTILE_PNG[name]
    (trap / "thing.png").write_bytes(data)
    assert code in refusal(trap)


HOSTILE_FONT = {
    "text": b"hello",
    "cut short": b"\x00\x01\x00\x00\x00\x0f\x00\x80",
    "endless tables": b"\x00\x01\x00\x00\xff\xff" + b"\x00" * 4000,
    "a collection": b"ttcf" + b"\x00" * 400,
    "wrong woff": b"wOF2" + b"\xff" * 400,
}


@pytest.mark.parametrize("name", HOSTILE_FONT)
def test_a_hostile_font_is_refused(trap: Path, name: str) -> None:
    (trap / "font.ttf").write_bytes(HOSTILE_FONT[name])
    assert "font.broken" in refusal(trap)
