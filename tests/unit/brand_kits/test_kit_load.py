from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from brand_kits.errors import KitError
from brand_kits.kit import BrandKit
from brand_kits.load import load_kit

Write = Callable[[dict[str, Any]], Path]
Damage = Callable[[dict[str, Any]], Any]


def faults_of(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(KitError) as caught:
        load_kit(folder)
    return [(f.code, f.where) for f in caught.value.faults]


def put(path: str, value: Any) -> Damage:
    """A damage: set the field at a dotted path."""

    def damage(data: dict[str, Any]) -> None:
        *way, last = path.split(".")
        for step in way:
            data = data.setdefault(step, {})
        data[last] = value

    return damage


def drop(path: str) -> Damage:
    """A damage: remove the field at a dotted path."""

    def damage(data: dict[str, Any]) -> None:
        *way, last = path.split(".")
        for step in way:
            data = data[step]
        del data[last]

    return damage


def test_a_small_kit_loads_whole(write_kit: Write, kit_data: dict[str, Any]) -> None:
    kit = load_kit(write_kit(kit_data))
    assert (kit.name, kit.version) == ("Lamp", "2.1")
    assert kit.palette.hexes("light") == {
        "ground": "#FFFFFF",
        "surface": "#FFFFFF",
        "accent": "#C02010",
        "ink": "#101010",
        "muted": "#101010",
    }
    assert kit.type["text"].file(700).name == "font.ttf"
    assert kit.logos["primary"].aspect == 2
    assert kit.product_pictures["lamp"].size == (12, 30)


DAMAGES: list[tuple[Damage, str, str]] = [
    (put("kit", 2), "shape.const", "kit"),
    (put("name", 7), "shape.type", "name"),
    (put("name", ""), "shape.minLength", "name"),
    (put("version", 1.5), "shape.type", "version"),
    (put("version", "new"), "shape.pattern", "version"),
    (drop("voice"), "shape.required", ""),
    (drop("palette.modes"), "shape.required", "palette"),
    (drop("type.text"), "shape.required", "type"),
    (put("colour", "red"), "shape.additionalProperties", ""),
    (put("palette.colours.ink.hex", "101010"), "shape.pattern", "palette.colours.ink.hex"),
    (put("palette.colours.ink.hex", "black"), "shape.pattern", "palette.colours.ink.hex"),
    (put("palette.modes.light.kind", "grey"), "shape.enum", "palette.modes.light.kind"),
    (put("palette.modes.light.ink", "blue"), "palette.unknown", "palette.modes.light.ink"),
    (put("palette.modes.light.ink", "paper"), "palette.contrast", "palette.modes.light.ink"),
    (
        put("palette.proportion", {"ground": 0.5, "surface": 0.3, "accent": 0.1}),
        "palette.proportion",
        "palette.proportion",
    ),
    (put("palette.pairs", [{"text": "ink", "ground": "red", "use": "any"}]), "palette.contrast", "palette.pairs.0"),
    (put("palette.pairs", [{"text": "ink", "ground": "sky", "use": "any"}]), "palette.unknown", "palette.pairs.0.1"),
    (put("type.text.files", {"bold": "font.ttf"}), "shape.pattern", "type.text.files"),
    (put("type.text.files.400", "none.ttf"), "file.missing", "type.text.files.400"),
    (put("type.text.files.400", "../font.ttf"), "file.outside", "type.text.files.400"),
    (put("type.text.files.400", "/etc/passwd"), "file.outside", "type.text.files.400"),
    (put("type.text.files.400", "logo.svg"), "font.broken", "type.text.files.400"),
    (put("type.text.tracking", "wide"), "shape.type", "type.text.tracking"),
    (put("type.text.tracking", 3), "shape.maximum", "type.text.tracking"),
    (put("logos.primary.file", "kit.yaml"), "svg.broken", "logos.primary.file"),
    (put("logos.primary.file", "lamp.png"), "svg.broken", "logos.primary.file"),
    (put("logos.primary.grounds", []), "shape.minItems", "logos.primary.grounds"),
    (put("logos.primary.grounds", ["sea"]), "palette.unknown", "logos.primary.grounds.0"),
    (put("products.lamp.file", "logo.svg"), "picture.broken", "products.lamp.file"),
    (put("products.lamp.data", "gone.yaml"), "file.missing", "products.lamp.data"),
    (put("products.lamp.avoid_grounds", ["sea"]), "palette.unknown", "products.lamp.avoid_grounds.0"),
    (put("effective", {"from": "2026-02-30"}), "date.wrong", "effective.from"),
    (put("effective", {"from": date(2026, 5, 1), "until": date(2026, 4, 1)}), "date.order", "effective.until"),
    (put("claims", {"allowed": [{"id": "a", "texts": {"en": "x"}}]}), "shape.required", "claims.allowed.0"),
    (
        put("claims", {"allowed": [{"id": "a", "texts": {"en": "x"}, "evidence": "y", "expires": "soon"}]}),
        "shape.pattern",
        "claims.allowed.0.expires",
    ),
    (put("legal", [{"id": "a", "texts": {"en": "x"}}, {"id": "a", "texts": {"en": "y"}}]), "id.twice", "legal.1.id"),
    (put("legal", [{"id": "a", "market": "France", "texts": {"en": "x"}}]), "shape.pattern", "legal.0.market"),
    (put("voice.banned", {"english": ["x"]}), "shape.pattern", "voice.banned"),
    (put("shapes", {"pattern": "star"}), "shapes.pattern", "shapes.pattern"),
    (put("motion", {"easing": [0, 1]}), "shape.minItems", "motion.easing"),
]


@pytest.mark.parametrize(("damage", "code", "field"), DAMAGES, ids=[f"{c}-{f or 'root'}" for _, c, f in DAMAGES])
def test_a_damaged_kit_names_the_field(
    write_kit: Write, kit_data: dict[str, Any], damage: Damage, code: str, field: str
) -> None:
    damage(kit_data)
    found = faults_of(write_kit(kit_data))
    assert code in [c for c, _ in found]
    where = dict(found)[code]
    assert where.startswith("kit.yaml:")
    assert where.partition(" ")[2] == field


def test_every_fault_is_told_at_once_in_the_order_of_lines(write_kit: Write, kit_data: dict[str, Any]) -> None:
    kit_data["name"] = 7
    kit_data["palette"]["modes"]["light"]["ink"] = "paper"
    kit_data["logos"]["primary"]["file"] = "gone.svg"
    kit_data["products"]["lamp"]["file"] = "gone.png"
    found = faults_of(write_kit(kit_data))
    assert [code for code, _ in found] == ["shape.type", "palette.contrast", "file.missing", "file.missing"]
    lines = [int(where.split(":")[1].split(" ")[0]) for _, where in found]
    assert lines == sorted(lines)


def test_a_fault_names_the_very_line(write_kit: Write, kit_data: dict[str, Any]) -> None:
    kit_data["palette"]["colours"]["red"]["hex"] = "#12"
    folder = write_kit(kit_data)
    number = 1 + next(i for i, text in enumerate((folder / "kit.yaml").read_text().splitlines()) if "#12'" in text)
    assert ("shape.pattern", f"kit.yaml:{number} palette.colours.red.hex") in faults_of(folder)


def test_every_message_says_what_to_do(write_kit: Write, kit_data: dict[str, Any]) -> None:
    for damage, _, _ in DAMAGES[:16]:
        damage(kit_data)
    with pytest.raises(KitError) as caught:
        load_kit(write_kit(kit_data))
    assert all(fault.fact and fault.help for fault in caught.value.faults)


def test_a_picture_without_a_see_through_ground_is_refused(write_kit: Write, kit_data: dict[str, Any]) -> None:
    folder = write_kit(kit_data)
    Image.new("RGB", (12, 30), (1, 2, 3)).save(folder / "lamp.png")
    assert ("picture.ground", "products.lamp.file") in [(c, w.partition(" ")[2]) for c, w in faults_of(folder)]


def test_a_logo_with_a_script_is_refused_at_the_field_that_names_it(write_kit: Write, kit_data: dict[str, Any]) -> None:
    folder = write_kit(kit_data)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><script>1</script></svg>'
    (folder / "logo.svg").write_text(svg, encoding="utf-8")
    assert [(c, w.partition(" ")[2]) for c, w in faults_of(folder)] == [("svg.script", "logos.primary.file")]


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "7"])
def test_a_file_that_is_no_group_of_fields_is_refused(write_kit: Write, kit_data: dict[str, Any], text: str) -> None:
    folder = write_kit(kit_data)
    (folder / "kit.yaml").write_text(text, encoding="utf-8")
    assert "shape.type" in [code for code, _ in faults_of(folder)]


def test_a_missing_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "nowhere") == [("kit.missing", "nowhere")]
    assert faults_of(tmp_path) == [("file.missing", "kit.yaml")]


def change_file(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")


@pytest.mark.parametrize("name", ["kit.yaml", "logo.svg", "lamp.png", "font.ttf"])
def test_the_digest_changes_with_every_file_that_the_kit_names(
    write_kit: Write, kit_data: dict[str, Any], name: str
) -> None:
    folder = write_kit(kit_data)
    before = load_kit(folder).digest
    change_file(folder, name)
    assert load_kit(folder).digest != before


def test_the_digest_names_content_not_the_place(write_kit: Write, kit_data: dict[str, Any], tmp_path: Path) -> None:
    folder = write_kit(kit_data)
    before = load_kit(folder)
    moved = folder.rename(tmp_path / "elsewhere")
    (moved / "unnamed.txt").write_text("not part of the kit", encoding="utf-8")
    after = load_kit(moved)
    assert (after.digest, after.root) == (before.digest, moved)


HARMLESS: list[Damage] = [
    put("palette.colours.ink.title", "Ink"),
    put("voice.do", ["Say less."]),
    put("effective", {"from": "2026-01-01"}),
    put("effective", {"until": date(2030, 1, 1)}),
    put("logos.primary.clear_space", 1),
    put("type.text.case", "upper"),
    put("disclosure", {"*": "Made by computer."}),
    drop("products"),
    put("motion", {"end_card_seconds": 3}),
    put("palette.pairs", [{"text": "ink", "ground": "red", "use": "never"}]),
    put("type.text.files.700", "font.ttf"),
    put("imagery", {"do": ["one lamp"]}),
    put("name", "Lámpara & Söhne"),
    put("shapes", {"pattern": "primary"}),
]


@pytest.mark.parametrize("change", HARMLESS)
def test_a_harmless_change_passes(write_kit: Write, kit_data: dict[str, Any], change: Damage) -> None:
    change(kit_data)
    assert isinstance(load_kit(write_kit(kit_data)), BrandKit)


def test_a_kit_written_as_json_style_yaml_loads_the_same(write_kit: Write, kit_data: dict[str, Any]) -> None:
    folder = write_kit(kit_data)
    (folder / "kit.yaml").write_text(yaml.safe_dump(kit_data, default_flow_style=True), encoding="utf-8")
    assert load_kit(folder).palette.hexes("light")["ink"] == "#101010"


def test_pairs_are_classed_by_contrast_unless_the_brand_says_otherwise(
    write_kit: Write, kit_data: dict[str, Any]
) -> None:
    put("palette.pairs", [{"text": "red", "ground": "paper", "use": "big"}])(kit_data)
    pairs = load_kit(write_kit(kit_data)).palette.pairs
    assert pairs["ink", "paper"].use == "any"
    assert pairs["red", "paper"].use == "big"
    assert pairs["ink", "red"].use == "never"
    assert pairs["ink", "paper"].lc > 100 > pairs["red", "paper"].lc
