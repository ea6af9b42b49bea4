"""`factory init`: what it writes is whole at once, and nothing is written over."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from PIL import Image

from brand_kits.load import load_kit
from factory.brief import load_brief
from factory.brief.shape import brief_schema
from factory.doors.start_brief import brief_text, start_brief
from factory.doors.start_kit import faces, start_kit
from factory.doors.start_palette import palette_of
from factory.errors import InputError

VESPER = Path(__file__).parents[4] / "brand_kits" / "samples" / "vesper"
LOGO = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40"><path fill="{0}" d="M0 0h40v40H0z"/>'
        '<path fill="{0}" d="M60 0h40v40H60z"/></svg>')


def uncommented(text: str) -> str:
    return re.sub(r"(?m)^( *)#(?! )", r"\1", text)


def test_a_brief_is_whole_as_it_is_and_with_all_that_is_commented_out(tmp_path: Path):
    path, _ = start_brief(tmp_path / "new", None)
    assert load_brief(path).variants == 24
    path.write_text(uncommented(path.read_text(encoding="utf-8")), encoding="utf-8")
    whole = load_brief(path)
    assert whole.offer
    assert whole.proof
    assert whole.lines
    assert whole.translations["fr"]["message"]


def test_every_field_of_the_format_is_there_with_its_description():
    text = brief_text()
    plain = " ".join(re.sub(r"(?m)^\s*# ?", " ", text).split())

    def walk(schema: dict, depth: int) -> None:
        for name, field in schema.get("properties", {}).items():
            if name == "$schema":
                continue
            assert re.search(rf"(?m)^\s{{{2 * depth}}}#?{name}:", text), name
            assert field.get("description", "") in plain, name
            if name != "texts":
                walk(field, depth + 1)
                walk(field.get("items", {}), depth + 2)

    walk(dict(brief_schema()), 0)


def test_a_kits_name_and_picture_are_put_in(tmp_path: Path):
    kit = load_kit(VESPER)
    path, _ = start_brief(tmp_path, VESPER)
    brief = load_brief(path, kit)
    assert brief.brand == "Vesper"
    assert brief.product.pictures[0] in kit.product_pictures


def test_nothing_is_written_over(tmp_path: Path):
    for name, start in (("brief.yaml", lambda: start_brief(tmp_path, None)), ("kit.yaml", lambda: start_kit(tmp_path, ""))):
        (tmp_path / name).write_text("mine")
        with pytest.raises(InputError) as told:
            start()
        assert told.value.fault.code == "init.there"
        assert (tmp_path / name).read_text() == "mine"


def folder(at: Path, colours: str = "paper #FAF7F0\nink: #1b1b2f\n- signal (#E4572E)\n") -> Path:
    at.mkdir(exist_ok=True)
    (at / "logo.svg").write_text(LOGO.format("#1B1B2F"))
    (at / "logo-light.svg").write_text(LOGO.format("#FAF7F0"))
    for name in ("Figtree-Regular", "FrauncesSoft-SemiBold"):
        shutil.copy(VESPER / "fonts" / f"{name}.ttf", at)
    if colours:
        (at / "colours.txt").write_text(colours)
    return at


def test_a_kit_is_whole_at_once(tmp_path: Path):
    Image.new("RGBA", (700, 900), (200, 10, 10, 0)).save(tmp_path / "Our Bottle.png")
    path, notes = start_kit(folder(tmp_path), "Lantern & Co")
    kit = load_kit(tmp_path)
    assert kit.name == "Lantern & Co"
    assert set(kit.palette.colours) >= {"paper", "ink", "signal"}
    assert (kit.type["display"].family, kit.type["text"].family) == ("Fraunces Soft", "Figtree")
    assert kit.palette.modes["light"].roles["ground"] == "paper"
    assert kit.palette.modes["dark"].roles["ground"] == "ink"
    assert list(kit.product_pictures) == ["our-bottle"]
    assert any(line.startswith("It is a whole kit") for line in notes)
    assert path.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_colours_come_from_css_from_tokens_or_from_the_logo_itself(tmp_path: Path):
    css = folder(tmp_path / "a", "")
    (css / "site.css").write_text(":root { --brand-ink: #1b1b2f; --brand-sun: #ffcc33; --gap: 4px; }")
    start_kit(css, "")
    assert {"ink", "sun"} <= set(load_kit(css).palette.colours)
    bare = folder(tmp_path / "b", "")
    start_kit(bare, "")
    assert load_kit(bare).palette.modes


def test_what_a_kit_lacks_is_told_all_at_once(tmp_path: Path):
    Image.new("RGB", (20, 20)).save(tmp_path / "logo.png")
    with pytest.raises(InputError) as told:
        start_kit(tmp_path, "")
    assert [f.code for f in told.value.faults] == ["init.logo", "init.fonts", "init.colours"]
    assert "logo.png is a picture" in told.value.faults[0].help
    assert not (tmp_path / "kit.yaml").exists()


def test_unsound_files_are_left_out_and_told(tmp_path: Path):
    (tmp_path / "bad.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script/></svg>')
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    (tmp_path / "small.png").write_bytes(b"\x89PNG")
    _, notes = start_kit(folder(tmp_path), "")
    assert [n.split(".")[0] + "." + n.split(".")[1].split(" ")[0] for n in notes if n.startswith("Left out")] == [
        "Left out: bad.svg", "Left out: bad.ttf", "Left out: small.png"]  # fmt: skip
    assert load_kit(tmp_path)


def test_a_mode_on_which_no_logo_stands_out_is_left_out():
    made = palette_of({"white": "#FFFFFF", "ink": "#101020", "sun": "#FFD000"}, {"logo.svg": ["#101020"]})
    assert set(made.modes) == {"light", "bold"}
    assert "dark" in made.notes[0]
    assert made.logos["logo.svg"][0] == "white"


@pytest.mark.parametrize(("fonts", "wanted"), [
    ({"One": {400: "a"}}, ("One", "One")),
    ({"Sans": {400: "a", 700: "b"}, "Loud": {800: "c"}}, ("Loud", "Sans")),
    ({"Copy Display": {400: "a", 500: "b", 700: "c"}, "Copy": {400: "d"}}, ("Copy Display", "Copy")),
])  # fmt: skip
def test_faces_are_chosen_by_name_then_by_weights(fonts: dict, wanted: tuple[str, str]):
    assert faces(fonts) == wanted


def test_the_text_of_a_kit_is_plain_yaml(tmp_path: Path):
    path, _ = start_kit(folder(tmp_path), 'A "quoted": name')
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["name"] == 'A "quoted": name'
