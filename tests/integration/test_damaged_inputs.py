"""A hundred briefs and kits that are wrong by construction, through `factory make`; thirty harmless changes beside them.

Each damage is done to a copy of the sample brand. It must end with exit 2 and a message that names the field or file,
before anything is made, and without a traceback.
"""



from __future__ import annotations

import json
import os
import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from brand_kits.safe.yaml import read_yaml
from factory.doors import cli

SAMPLE = Path("brand_kits/samples/vesper")
Edit = Callable[["Desk"], None]


@dataclass(kw_only=True)
class Desk:
    """A copy of the sample brand with one brief, free to be damaged. Data that was changed is written at the end."""

    root: Path
    brief: dict[str, Any]
    kit: dict[str, Any]
    raw: set[str] = field(default_factory=set)

    @property
    def brief_file(self) -> Path:
        return self.root / "brief.yaml"

    @property
    def kit_folder(self) -> Path:
        return self.root / "kit"

    def write(self) -> None:
        for name, path, data in (("brief", self.brief_file, self.brief), ("kit", self.kit_folder / "kit.yaml", self.kit)):
            if name not in self.raw:
                self.over(path, yaml.safe_dump(json.loads(json.dumps(data, default=str)), allow_unicode=True, sort_keys=False))

    def over(self, path: Path, content: str | bytes) -> None:
        """Put a file in the place of another; never through a hard link to the sample."""
        path.unlink(missing_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    shutil.copytree(SAMPLE, tmp_path / "kit", copy_function=os.link, ignore=shutil.ignore_patterns("briefs", "scenes", "kit.yaml"))
    return Desk(root=tmp_path, brief=read_yaml(SAMPLE / "briefs/cold-brew.yaml").data, kit=read_yaml(SAMPLE / "kit.yaml").data)


def call(*args: Any) -> Result:
    return CliRunner().invoke(cli.app, [str(a) for a in args])


# --------------------------------------------------------------------------------------------------- how to damage


def at(data: Any, path: str) -> tuple[Any, Any]:
    """The owner of what stands at a dotted path, and its key."""
    *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    for step in way:
        data = data[step] if isinstance(step, int) or step in data else data.setdefault(step, {})
    return data, last


def brief(path: str, value: Any) -> Edit:
    def edit(desk: Desk) -> None:
        owner, key = at(desk.brief, path)
        owner[key] = value

    return edit


def kit(path: str, value: Any) -> Edit:
    def edit(desk: Desk) -> None:
        owner, key = at(desk.kit, path)
        owner[key] = value

    return edit


def no_brief(path: str) -> Edit:
    def edit(desk: Desk) -> None:
        owner, key = at(desk.brief, path)
        del owner[key]

    return edit


def no_kit(path: str) -> Edit:
    def edit(desk: Desk) -> None:
        owner, key = at(desk.kit, path)
        del owner[key]

    return edit


def brief_text(change: Callable[[str], str | bytes]) -> Edit:
    """Damage the brief as text, as it lies in the sample."""

    def edit(desk: Desk) -> None:
        desk.raw.add("brief")
        desk.over(desk.brief_file, change((SAMPLE / "briefs/cold-brew.yaml").read_text()))

    return edit


def kit_text(change: Callable[[str], str | bytes]) -> Edit:
    def edit(desk: Desk) -> None:
        desk.raw.add("kit")
        desk.over(desk.kit_folder / "kit.yaml", change((SAMPLE / "kit.yaml").read_text()))

    return edit


def kit_file(name: str, content: str | bytes | None) -> Edit:
    """Replace a file of the kit, or take it away."""

    def edit(desk: Desk) -> None:
        path = desk.kit_folder / name
        path.unlink()
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return edit


def beside(name: str, content: bytes) -> Edit:
    """Put a file beside the brief and name it as its picture."""

    def edit(desk: Desk) -> None:
        (desk.root / name).write_bytes(content)
        desk.brief["product"]["pictures"] = [name]

    return edit


def both(*edits: Edit) -> Edit:
    def edit(desk: Desk) -> None:
        for one in edits:
            one(desk)

    return edit


def link_out(desk: Desk) -> None:
    """A logo that is a link to a file outside of the kit."""
    path = desk.kit_folder / "logo/logo.svg"
    path.unlink()
    (desk.root / "secret.svg").write_text(SVG.format(""))
    path.symlink_to(desk.root / "secret.svg")


def folder_for_file(desk: Desk) -> None:
    path = desk.kit_folder / "logo/logo.svg"
    path.unlink()
    path.mkdir()


def png(width: int, height: int, *, colour: int = 6, body: bytes = b"") -> bytes:
    """A PNG that claims a size, with next to nothing inside."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def opaque(width: int, height: int) -> bytes:
    return png(width, height, colour=2, body=b"".join(b"\0" + b"\x80" * 3 * width for _ in range(height)))


def cutout(width: int, height: int) -> bytes:
    return png(width, height, body=b"".join(b"\0" + b"\x80\x80\x80\xff" * (width - 1) + b"\0\0\0\0" for _ in range(height)))


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#101010" d="M0 0H40V20H0Z"/>{}</svg>'
BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"{c}: &{c} [*{b}, *{b}, *{b}, *{b}, *{b}, *{b}, *{b}]\n" for b, c in zip("abcdefgh", "bcdefghi", strict=True))
TRIBE = {"name": "Quiet walkers", "values": ["calm"], "passions": ["maps"], "story": "They take the long way."}


def tribe(**words: Any) -> Edit:
    return brief("tribes.0", {**TRIBE, **words})


# ------------------------------------------------------------------------------------------------------ the damage

DAMAGE: dict[str, tuple[Edit, str]] = {
    # the brief: wrong types, missing and unknown fields
    "version as text": (brief("version", "one"), "version"),
    "version of the future": (brief("version", 2), "version"),
    "no version": (no_brief("version"), "version is missing"),
    "no name": (no_brief("name"), "name is missing"),
    "name as list": (brief("name", ["Cold", "Brew"]), "name must be a text"),
    "empty brand": (brief("brand", ""), "brand is empty"),
    "brand of another": (brief("brand", "Acme"), "brand"),
    "no product": (no_brief("product"), "product is missing"),
    "product as text": (brief("product", "Cold Brew"), "product must be a group of fields"),
    "no facts": (brief("product.facts", []), "facts is empty"),
    "facts as a group": (brief("product.facts", {"hours": 18}), "facts must be a list"),
    "a fact as text": (brief("product.facts.0", "18 hours"), "product.facts.0"),
    "a fact of no kind": (brief("product.facts.0.kind", "rumour"), "rumour"),
    "a value in words": (brief("product.facts.0.value", "eighteen"), "value must be a number"),
    "a value below nothing": (brief("product.facts.0.value", -18), "product.facts.0.value"),
    "a number without value": (no_brief("product.facts.0.value"), "product.facts.0.value"),
    "an absence of nothing": (no_brief("product.facts.5.noun"), "product.facts.5.noun"),
    "two facts of one id": (brief("product.facts.1.id", "hours"), "product.facts.1.id"),
    "an id with a space": (brief("product.facts.0.id", "18 hours"), "product.facts.0.id"),
    "price without currency": (brief("product.price", "3.90"), "product.price"),
    "price in a lost currency": (brief("product.price", "3.90 XQX"), "XQX"),
    "price of half a yen": (brief("product.price", "390.5 JPY"), "product.price"),
    "price as number": (brief("product.price", 3.9), "price must be a text"),
    "bar code that does not check out": (brief("product.gtin", "4006381333930"), "product.gtin"),
    "bar code of letters": (brief("product.gtin", "ABCDEFGHIJKLM"), "product.gtin"),
    "no pictures": (brief("product.pictures", []), "pictures is empty"),
    "no message": (brief("message", None), "message is missing"),
    "message without end": (brief("message", "so good " * 100), "message has"),
    "unknown field": (brief("headlines", ["Slept."]), "headlines"),
    "misspelled field": (brief("tribe", []), "tribe is not a field"),
    "unknown field deep down": (brief("tribes.0.age", "18-24"), "age is not a field"),
    "no tribes": (brief("tribes", []), "tribes is empty"),
    "a tribe without values": (brief("tribes.0.values", []), "tribes.0.values"),
    "tribes as text": (brief("tribes", "everybody"), "tribes must be a list"),
    "no locales": (brief("locales", []), "locales is empty"),
    "a locale with an underscore": (brief("locales.1", "fr_FR"), "fr_FR"),
    "a language that nobody speaks": (brief("locales.1", "qq"), "qq"),
    "a locale twice": (brief("locales", ["en", "EN"]), "locales.1"),
    "a language without grammar or lines": (brief("locales", ["en", "ja"]), "ja"),
    "a language without translation": (no_brief("translations.fr"), "In fr these texts are missing"),
    "a translation of nothing": (brief("translations.fr.slogan", "Bonsoir"), "translations.fr.slogan"),
    "a translation as number": (brief("translations.fr.message", 18), "translations.fr.message"),
    "a placement that is not": (brief("placements.0", "meta.feed.potrait"), "meta.feed.potrait"),
    "a pattern of nothing": (brief("placements.0", "tiktok.*"), "tiktok.*"),
    "a placement with a path": (brief("placements.0", "../../etc"), "placements.0"),
    "a kind that is not": (brief("kinds", ["hologram"]), "hologram"),
    "no concepts": (brief("concepts", 0), "concepts is 0"),
    "half a variant": (brief("variants", 0.5), "variants must be a whole number"),
    "a million variants": (brief("variants", 1_000_000), "variants"),
    "an action that is not": (brief("cta", "click_here"), "cta"),
    "an objective that is not": (brief("objective", "fame"), "objective"),
    "an address without s": (brief("url", "http://vesper.example/"), "url"),
    "an address that runs": (brief("url", "javascript:alert(1)"), "url"),
    "an address of a file": (brief("url", "file:///etc/passwd"), "url"),
    "an address with a password": (brief("url", "https://me:pass@vesper.example/"), "url"),
    "an offer over before it begins": (brief("offer.end", "2026-08-01"), "offer.end"),
    "an offer on no day": (brief("offer.end", "2026-02-30"), "2026-02-30"),
    "an offer dearer than before": (brief("offer.price", "19.90 EUR"), "offer.was"),
    "a proof of nobody": (no_brief("proof.0.source"), "source is missing"),
    "six of five stars": (brief("proof.0.value", 6), "proof.0.value"),
    "a line about nothing": (brief("lines.0.fact", "ours"), "lines.0.fact"),
    "a line for nobody": (brief("lines.0.tribe", "bakers"), "lines.0.tribe"),
    "a line with no words": (brief("lines.0.texts", {}), "lines.0.texts"),
    "a line in no language": (brief("lines.0.texts", {"english": "Slept."}), "english"),
    "a line of another motive": (brief("lines.0.motive", "money"), "lines.0.motive"),
    "a line with a device that is not": (brief("lines.0.device", "fireworks"), "fireworks"),
    "said and not said": (both(brief("must_say", ["overnight"]), brief("must_not_say", ["overnight"])), "must_say"),
    # the brief: people
    "a tribe of an age": (tribe(name="Seniors"), "tribes.0.name"),
    "a tribe of a sex": (tribe(name="Women who swim"), "tribes.0.name"),
    "a tribe of an origin": (tribe(values=["calm", "being of Turkish descent"]), "tribes.0.values.1"),
    "a tribe of a faith": (tribe(story="They are Catholics and early."), "tribes.0.story"),
    "a tribe of an illness": (tribe(passions=["living with diabetes"]), "tribes.0.passions.0"),
    "a tribe of an orientation": (tribe(name="Schwule Schwimmer"), "tribes.0.name"),
    "a tribe of a party": (tribe(name="Électeurs du dimanche"), "tribes.0.name"),
    "a tribe of a family": (tribe(name="Single mothers"), "tribes.0.name"),
    "a tribe of an income": (tribe(words=["low-income households"]), "tribes.0.words.0"),
    "somebody's address": (brief("tribes.0.story", "Ask mara@example.com about it."), "tribes.0.story"),
    "somebody's number": (brief("lines.0.texts.en.sub", "Call +49 30 1234567."), "lines.0.texts.en.sub"),
    "somebody's card": (brief("legal", ["Paid by 4111 1111 1111 1111."]), "legal.0"),
    # the brief: files
    "a picture that is not there": (brief("product.pictures", ["gone.png"]), "gone.png"),
    "a picture up the tree": (brief("product.pictures", ["../../../etc/passwd.png"]), "product.pictures.0"),
    "a picture at the root": (brief("product.pictures", ["/etc/bottle.png"]), "product.pictures.0"),
    "a picture of another kit": (brief("product.pictures", ["lamp"]), "lamp"),
    "a picture larger than a wall": (beside("wall.png", png(60_000, 60_000)), "wall.png"),
    "a picture that is a page": (beside("page.png", b"<html>hello</html>"), "page.png"),
    "a picture with its ground": (beside("photo.png", opaque(700, 700)), "photo.png"),
    "a picture as small as a stamp": (beside("stamp.png", cutout(40, 90)), "stamp.png"),
    "a brief that laughs": (brief_text(lambda t: LAUGHS + t), "brief.yaml:1"),
    "a brief that eats itself": (brief_text(lambda t: t + "\nart: &a {mood: *a}\n"), "brief.yaml"),
    "a brief that runs": (brief_text(lambda t: t + "\nart: !!python/object/apply:os.system ['true']\n"), "tag"),
    "a brief in two": (brief_text(lambda t: t + "\n---\nversion: 1\n"), "brief.yaml"),
    "a brief with a field twice": (brief_text(lambda t: t + "\nbrand: Vesper\n"), "'brand' stands twice"),
    "a brief out of line": (brief_text(lambda t: t.replace("  name: Vesper Cold Brew", " name: Vesper Cold Brew", 1)), "brief.yaml:"),
    "a brief in another alphabet": (brief_text(lambda t: t.encode("utf-16")), "brief.yaml"),
    "an empty brief": (brief_text(lambda t: ""), "brief.yaml"),
    "a brief that is a list": (brief_text(lambda t: "- one\n- two\n"), "brief.yaml"),
    "a brief as deep as a well": (brief_text(lambda t: "version: " + "[" * 400 + "]" * 400), "brief.yaml"),
    # the kit
    "a kit without name": (no_kit("name"), "name"),
    "a kit without palette": (no_kit("palette"), "palette"),
    "a colour that is none": (kit("palette.colours.cream.hex", "cream"), "palette.colours.cream.hex"),
    "a role for no colour": (kit("palette.modes.light.ground", "chartreuse"), "palette.modes.light.ground"),
    "a mode without ink": (no_kit("palette.modes.light.ink"), "palette.modes.light"),
    "ink that cannot be read": (kit("palette.modes.light.ink", "lilac"), "palette.modes.light"),
    "a font that is not there": (kit("type.display.files", {"600": "fonts/Gone.ttf"}), "type.display.files.600"),
    "a font that is a poem": (kit_file("fonts/Figtree-Bold.ttf", "roses are red"), "Figtree-Bold.ttf"),
    "a font cut short": (kit_file("fonts/Figtree-Bold.ttf", (SAMPLE / "fonts/Figtree-Bold.ttf").read_bytes()[:9000]), "Figtree-Bold.ttf"),
    "a font up the tree": (kit("type.text.files", {"400": "../../fonts/Figtree-Regular.ttf"}), "type.text.files"),
    "a logo that is not there": (kit_file("logo/logo.svg", None), "logos.primary.file"),
    "a logo that runs": (kit_file("logo/logo.svg", SVG.format("<script>alert(1)</script>")), "logo.svg"),
    "a logo that listens": (kit_file("logo/logo.svg", SVG.format('<rect onload="x()" width="1" height="1"/>')), "logo.svg"),
    "a logo that fetches": (kit_file("logo/logo.svg", SVG.format('<image href="https://example.com/x.png"/>')), "logo.svg"),
    "a logo that laughs": (kit_file("logo/logo.svg", BOMB + SVG.format("<title>&b;</title>")), "logo.svg"),
    "a logo that is a page": (kit_file("logo/logo.svg", "<html><body>logo</body></html>"), "logo.svg"),
    "a logo that never closes": (kit_file("logo/logo.svg", SVG.format("<g>")), "logo.svg"),
    "a logo that leads out": (link_out, "logo/logo.svg"),
    "a logo that is a folder": (folder_for_file, "logo.svg"),
    "a product larger than a wall": (kit_file("product/cold-brew-bottle.png", png(50_000, 50_000)), "cold-brew-bottle.png"),
    "a product that is broken": (kit_file("product/cold-brew-bottle.png", png(800, 800, body=b"12")), "cold-brew-bottle.png"),
    "a kit that ends before it starts": (kit("effective", {"from": "2026-05-01", "until": "2026-04-01"}), "effective.until"),
    "a kit that eats itself": (kit_text(lambda t: t + "\nimagery2: &a [*a]\n"), "kit.yaml"),
    "a kit that is a list": (kit_text(lambda t: "- cream\n- ink\n"), "kit.yaml"),
    "a kit with an unknown field": (kit("slogan", "Coffee."), "slogan"),
}  # fmt: skip


def test_there_are_a_hundred_of_them() -> None:
    assert len(DAMAGE) >= 100


@pytest.mark.parametrize(("damage", "named"), list(DAMAGE.values()), ids=list(DAMAGE))
def test_a_damaged_input_ends_with_two_and_names_the_field(desk: Desk, damage: Edit, named: str) -> None:
    damage(desk)
    desk.write()
    done = call("make", desk.brief_file, "--kit", desk.kit_folder, "--out", desk.root / "out")
    assert done.exit_code == 2, done.output
    assert named in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not (desk.root / "out").exists()


@pytest.mark.parametrize("name", ["a tribe of an age", "a logo that runs", "a brief that laughs", "no product"])
def test_programs_get_the_same_as_events(desk: Desk, name: str) -> None:
    damage, named = DAMAGE[name]
    damage(desk)
    desk.write()
    done = call("make", desk.brief_file, "--kit", desk.kit_folder, "--out", desk.root / "out", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    told = [e for e in events if e["event"] == "fault"]
    assert any(named in f"{e['where']} {e['fact']}" for e in told)
    assert all(e["code"] and e["help"] for e in told)
    assert events[-1] == {"event": "done", "exit": 2, "shipped": 0}


def test_faults_of_brief_and_kit_are_told_together(desk: Desk) -> None:
    both(brief("cta", "click"), kit("slogan", "Coffee."), brief("concepts", 0), kit_file("logo/logo.svg", None))(desk)
    desk.write()
    said = call("make", desk.brief_file, "--kit", desk.kit_folder, "--out", desk.root / "out").stderr
    assert all(word in said for word in ("cta", "slogan", "concepts", "logos.primary.file"))
    assert said.count("[") >= 4


def test_a_kit_that_is_no_folder_is_told(desk: Desk) -> None:
    desk.write()
    done = call("make", desk.brief_file, "--kit", desk.root / "nowhere", "--out", desk.root / "out")
    assert (done.exit_code, "nowhere" in done.stderr) == (2, True)


# ---------------------------------------------------------------------------------------------- harmless changes

HARMLESS: dict[str, Edit] = {
    "nothing at all": lambda desk: None,
    "another name": brief("name", "Cold Brew – été ☀"),
    "brand in capitals": brief("brand", "VESPER"),
    "no objective": no_brief("objective"),
    "no language": no_brief("language"),
    "no kinds": no_brief("kinds"),
    "images only": brief("kinds", ["image"]),
    "no concepts or variants": both(no_brief("concepts"), no_brief("variants")),
    "one placement": brief("placements", ["meta.feed.square"]),
    "patterns": brief("placements", ["meta.*", "iab.*"]),
    "one locale": brief("locales", ["de"]),
    "a locale with a region": brief("locales", ["en-GB", "fr-CH", "de-AT"]),
    "a locale in other letters": brief("locales", ["EN", "FR", "DE"]),
    "a price in yen": brief("product.price", "480 JPY"),
    "a bar code": brief("product.gtin", "4006381333931"),
    "a product page": brief("product.url", "https://vesper.example/p?id=7&ref=a%20b#top"),
    "an address in another alphabet": brief("url", "https://bücher.example/kaffee"),
    "no art": lambda desk: desk.brief.pop("art", None) and None,
    "empty lists": both(brief("must_say", []), brief("art", {"mood": [], "avoid": []})),
    "fields left empty": both(brief("legal", None), brief("utm", None)),
    "tags": brief("utm", {"source": "{platform}", "medium": "paid_social"}),
    "a line alone": lambda desk: desk.brief["lines"].append({"texts": {"en": "Two ingredients. One of them is patience."}}),
    "a tribe with a lookalike": tribe(name="Old-fashioned bartenders", passions=["single malts", "blind tastings"]),
    "a tribe with an id": tribe(id="walkers"),
    "a picture beside the brief": beside("own.png", cutout(300, 700)),
    "comments and blank lines": brief_text(lambda t: "# mine\n\n" + t.replace("\nproof:", "\n\n# who says so\nproof:")),
    "a mark at the start": brief_text(lambda t: b"\xef\xbb\xbf" + t.encode()),
    "lines that end as on Windows": brief_text(lambda t: t.replace("\n", "\r\n")),
    "a colour in small letters": kit("palette.colours.cream.hex", "#f7ede0"),
    "another version of the kit": kit("version", "1.1"),
    "a kit without end": kit("effective", {"from": "2020-01-01"}),
    "more that the brand is not": lambda desk: desk.kit["voice"]["is_not"].append("in a hurry"),
    "a logo with a comment": kit_file("logo/logo-mono.svg", SVG.format("<!-- drawn by hand -->")),
}  # fmt: skip

ONE_LINE_TRIBES = {"a tribe with a lookalike", "a tribe with an id"}
"""Changes that take the first tribe's id away: what refers to it goes with it."""

PLANNED = {"nothing at all", "images only", "patterns", "a locale with a region", "a line alone", "a picture beside the brief"}
"""Changes that are planned too: they change what a plan is made of."""


def test_there_are_thirty_of_them() -> None:
    assert len(HARMLESS) >= 30


@pytest.mark.parametrize("name", list(HARMLESS))
def test_a_harmless_change_passes(desk: Desk, name: str) -> None:
    if name in ONE_LINE_TRIBES:
        desk.brief["lines"] = [line for line in desk.brief["lines"] if line.get("tribe") != desk.brief["tribes"][0]["id"]]
        for words in desk.brief["translations"].values():
            words["tribes"].pop(desk.brief["tribes"][0]["id"])
    HARMLESS[name](desk)
    desk.write()
    done = call("validate", desk.brief_file, "--kit", desk.kit_folder)
    assert done.exit_code == 0, done.output + done.stderr
    assert "nothing wrong" in done.stdout
    if name in PLANNED:
        plan = json.loads(call("plan", desk.brief_file, "--kit", desk.kit_folder, "--variants", "6", "--json").stdout)
        assert len(plan["cells"]) == 6
