"""The sample brand is held to what it asks of others, and to what its kit promises."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from brand_kits.kit import ROLES, BrandKit
from brand_kits.load import load_kit
from brand_kits.safe.font import read_font
from brand_kits.safe.yaml import read_yaml

ROOT = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
BRIEFS = sorted((ROOT / "briefs").glob("*.yaml"))
LOCALES = ("en", "fr", "de")
SIGNS = "ÀÉÎÖŒßẞçñøłőž„“”‘’«»–—…€×−°%&@0123456789\u00a0\u202f\u2009"


@lru_cache(maxsize=1)
def kit() -> BrandKit:
    return load_kit(ROOT)


@lru_cache(maxsize=4)
def brief(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(path).data
    return data


def texts(locale: str) -> list[tuple[str, str]]:
    """Every field of every line in a locale, with where it stands."""
    return [
        (f"{path.stem}.{line['id']}.{field}", text)
        for path in BRIEFS
        for line in brief(path)["lines"]
        for field, text in line["texts"][locale].items()
        if field not in ("word", "letter")
    ]


def headlines(locale: str) -> list[str]:
    return [text for where, text in texts(locale) if where.endswith(".headline")]


def test_the_fonts_hold_every_sign_that_the_copy_needs() -> None:
    for role in kit().type.values():
        for weight, file in role.files.items():
            found = read_font(file)
            assert found.weight == weight
            assert found.family == role.family
            assert not {c for c in SIGNS if ord(c) not in found.letters}


def test_every_letter_of_every_text_is_in_the_fonts() -> None:
    letters = frozenset.intersection(*(read_font(f).letters for r in kit().type.values() for f in r.files.values()))
    for locale in LOCALES:
        for where, text in texts(locale):
            assert not {c for c in text if ord(c) not in letters}, where


def test_the_fonts_are_small_and_carry_their_licences() -> None:
    files = list((ROOT / "fonts").iterdir())
    assert sum(f.stat().st_size for f in files) < 1_500_000
    licences = [f.read_text(encoding="utf-8") for f in files if f.name.startswith("OFL")]
    assert len(licences) == 2
    assert all("SIL OPEN FONT LICENSE Version 1.1" in text for text in licences)


@pytest.mark.parametrize("mode", ["light", "dark", "bold"])
def test_the_three_usual_modes_have_type_that_carries_everything(mode: str) -> None:
    roles = kit().palette.modes[mode].roles
    assert set(roles) == set(ROLES)
    assert kit().palette.pairs[roles["ink"], roles["ground"]].use == "any"


def test_every_ground_of_every_mode_has_a_logo_and_a_mark() -> None:
    for mode in kit().palette.modes.values():
        assert kit().logos_on(mode.roles["ground"])
        assert kit().logos_on(mode.roles["ground"], "mark")


def test_a_logo_is_drawn_in_colours_that_show_on_its_grounds() -> None:
    names = {c.hex: c.name for c in kit().palette.colours.values()}
    for logo in kit().logos.values():
        for ground in logo.grounds:
            lcs = [abs(kit().palette.pairs[names[c], ground].lc) for c in logo.colours]
            assert max(lcs) >= (35 if logo.kind == "mark" else 45), (logo.name, ground)  # a mark is one large shape


def test_each_brief_has_its_lines_in_every_language() -> None:
    for path in BRIEFS:
        assert len(brief(path)["lines"]) >= 14
        assert all(set(line["texts"]) == set(LOCALES) for line in brief(path)["lines"])


@pytest.mark.parametrize("locale", LOCALES)
def test_headlines_are_short_and_each_is_its_own(locale: str) -> None:
    said = headlines(locale)
    assert len(set(said)) == len(said)
    counts = [len(text.split()) for text in said]
    assert max(counts) <= 10
    assert sum(n <= 7 for n in counts) >= 0.9 * len(counts)


@pytest.mark.parametrize("locale", LOCALES)
def test_ad_texts_fit_the_usual_limits(locale: str) -> None:
    limits = {"headline": 48, "sub": 64, "primary_text": 125, "description": 30}
    for where, text in texts(locale):
        assert len(text) <= limits.get(where.rsplit(".", 1)[1], 64), (where, len(text))


@pytest.mark.parametrize("locale", LOCALES)
def test_copy_uses_real_quotes_apostrophes_and_no_shouting(locale: str) -> None:
    for where, text in texts(locale):
        assert not re.search(r"['\"!]|\.\.\.| - |  ", text), where


def test_french_signs_have_their_spaces() -> None:
    for where, text in texts("fr"):
        assert not re.search(r"(?<![\u202f\u00a0])[?;:»]", text.replace("https:", "")), where
        assert not re.search(r" [?;:!»]", text), where


@pytest.mark.parametrize("locale", LOCALES)
def test_figures_stay_with_their_units(locale: str) -> None:
    for where, text in texts(locale):
        assert not re.search(r"\d (mg|ml|°C|€|%|Uhr|h|pm|am)\b", text), where


@pytest.mark.parametrize("locale", LOCALES)
def test_no_line_says_a_banned_or_forbidden_word(locale: str) -> None:
    refused = [*kit().voice.banned(locale), *(w for f in kit().forbidden for w in f.words.get(locale, ()))]
    for where, text in texts(locale):
        said = [w for w in refused if re.search(rf"\b{re.escape(w)}\b", text, re.IGNORECASE)]
        assert not said, where


def test_lines_lead_to_facts_proofs_tribes_and_pictures_that_exist() -> None:
    for path in BRIEFS:
        data = brief(path)
        ids = {
            key: {x["id"] for x in rows}
            for key, rows in (("fact", data["product"]["facts"]), ("proof", data["proof"]), ("tribe", data["tribes"]))
        }
        for line in data["lines"]:
            assert all(line[key] in ids[key] for key in ids if key in line), line["id"]
        assert set(data["product"]["pictures"]) <= set(kit().product_pictures)


@pytest.mark.parametrize("path", BRIEFS, ids=lambda p: p.stem)
def test_each_brief_is_translated_whole(path: Path) -> None:
    data = brief(path)
    for locale in ("fr", "de"):
        there = data["translations"][locale]
        assert set(there["product"]["facts"]) == {f["id"] for f in data["product"]["facts"]}
        assert set(there["proof"]) == {p["id"] for p in data["proof"]}
        assert set(there["tribes"]) == {t["id"] for t in data["tribes"]}
        entries = [*there["product"]["facts"].values(), *there["proof"].values(), *there["tribes"].values()]
        known = {
            "text",
            "unit",
            "symbol",
            "noun",
            "source",
            "role",
            "name",
            "values",
            "passions",
            "story",
            "words",
            "avoid",
        }
        assert all(set(entry) <= known for entry in entries)


def test_a_proof_is_marked_as_a_sample() -> None:
    for path in BRIEFS:
        assert all("(sample)" in proof["source"] for proof in brief(path)["proof"])


def test_the_claims_outlive_the_offer() -> None:
    end = date(2026, 12, 31)
    assert kit().claims_on(end) == kit().claims
    assert all(b["offer"]["end"] <= end for b in map(brief, BRIEFS) if "offer" in b)


def test_a_device_is_one_that_can_be_drawn_and_stands_in_a_family_of_its_line() -> None:
    folder = ROOT.parents[2] / "pipelines" / "compose" / "devices"
    rows = {row["name"]: row for row in (read_yaml(f).data for f in folder.glob("*.yaml"))}
    for path in BRIEFS:
        for line in brief(path)["lines"]:
            if "device" in line:
                assert set(rows[line["device"]]["families"]) & set(line["families"]), line["id"]
