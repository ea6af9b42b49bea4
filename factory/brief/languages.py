"""Languages: which a brief may ask for, and that no ad will mix two of them.

A language that has a grammar needs what the grammar speaks of; any other needs whole lines by a person, and gets
nothing else. Grammars are data of `pipelines/copydeck`, listed by their file names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from factory.brief.desk import Desk, Path_, canonical_locale, entry_id, language_of, meant
from factory.brief.translate import TRANSLATABLE, flat

WHOLE_LINE = ("headline", "primary_text", "description")
"""What a line must say in a language that nothing else can be written in."""


@lru_cache(maxsize=1)
def grammars() -> tuple[str, ...]:
    """Languages that the copy engine can write."""
    folder = files("pipelines") / "copydeck" / "grammar"
    return tuple(sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml")))


def check_languages(desk: Desk) -> None:
    """Locales exist and stand once; each has the words it needs; translations fit what they translate."""
    locales = _locales(desk)
    own = str(desk.get("language") or "en")
    for key in desk.get("translations") or {}:
        _check_translation(desk, str(key))
    for path, locale in locales:
        if language_of(locale) != own:
            _check_words(desk, path, locale)
        if language_of(locale) not in grammars():
            _check_whole_lines(desk, path, locale)


def _locales(desk: Desk) -> list[tuple[Path_, str]]:
    """The locales that exist, each once."""
    found: dict[str, Path_] = {}
    for path, tag in desk.entries("locales"):
        locale = canonical_locale(tag)
        problem = unknown_locale(locale)
        if problem:
            desk.fault("brief.locale", path, problem, "Write a language, with a country where it matters: fr, de-AT.")
        elif locale in found:
            desk.fault("brief.locale", path, f"The locale {locale} stands twice", "Keep one.")
        else:
            found[locale] = path
    return [(path, locale) for locale, path in found.items()]


def unknown_locale(locale: str) -> str:
    """What is wrong with a canonical BCP 47 tag, or ""."""
    from babel import Locale

    names = Locale("en")
    language, *rest = locale.split("-")
    if language not in names.languages:
        return f"There is no language {language!r}"
    for part in rest:
        known: Mapping[str, str] = names.scripts if len(part) == 4 and part.isalpha() else names.territories
        if len(part) in (2, 3, 4) and part not in known:
            return f"There is no {'script' if len(part) == 4 else 'country'} {part!r}"
    return ""


def _said_in(desk: Desk, locale: str) -> set[Path_]:
    """Paths that are translated for a locale or its language."""
    wanted = (locale, language_of(locale))
    both = [v for k, v in (desk.get("translations") or {}).items() if canonical_locale(str(k)) in wanted]
    return {path for tree in both if isinstance(tree, Mapping) for path, _ in flat(tree)}


def _check_words(desk: Desk, path: Path_, locale: str) -> None:
    """One fault that lists every text still missing in a language."""
    said = _said_in(desk, locale)
    missing = [p for p in _spoken(desk) if p not in said]
    if missing:
        names = [".".join(map(str, p)) for p in missing]
        more = f" and {len(names) - 8} more" if len(names) > 8 else ""
        desk.fault(
            "brief.untranslated", path, f"In {locale} these texts are missing: {', '.join(names[:8])}{more}",
            f"Write them under translations.{language_of(locale)}, laid out as above, or take {locale} out of locales.",
        )


def _spoken(desk: Desk) -> Iterator[Path_]:
    """Paths of the texts that ads speak, as translations name them."""
    data = desk.data
    yield from ((name,) for name in ("message",) if data.get(name))
    product = data.get("product") or {}
    yield from (("product", name) for name in ("category", "price_note") if product.get(name))
    for place, fact in desk.entries("product", "facts"):
        name = entry_id("facts", fact, int(place[-1]))
        yield from (("product", "facts", name, field) for field in ("text", "unit", "noun") if fact.get(field))
    yield from (("offer", name) for name in ("text", "terms", "buys", "price_note") if (data.get("offer") or {}).get(name))
    for place, proof in desk.entries("proof"):
        name = entry_id("proof", proof, int(place[-1]))
        yield from (("proof", name, field) for field in ("text", "role") if proof.get(field))
    for name in ("must_say", "legal"):
        yield from ((name, place[-1]) for place, _ in desk.entries(name))


def _check_whole_lines(desk: Desk, path: Path_, locale: str) -> None:
    lines = list(desk.entries("lines"))
    whole = [line for _, line in lines if _is_whole(line, locale)]
    concepts = desk.get("concepts") or 8
    if len(whole) < len(lines) or len(whole) < concepts:
        desk.fault(
            "brief.language", path,
            f"Nothing can be written in {locale}: only {', '.join(grammars())} have a grammar, and {len(whole)} of "
            f"{len(lines)} lines are whole in it",
            f"Give at least {concepts} lines, every one with {', '.join(WHOLE_LINE)} in {locale}, or leave it out.",
        )


def _is_whole(line: Mapping[str, Any], locale: str) -> bool:
    wanted = (locale, language_of(locale))
    said = [t for k, t in (line.get("texts") or {}).items() if canonical_locale(str(k)) in wanted]
    return any(isinstance(t, Mapping) and all(t.get(f) for f in WHOLE_LINE) for t in said)


def _check_translation(desk: Desk, key: str) -> None:
    """Each translated field exists above, and lists that must be said whole have as many entries."""
    path = ("translations", key)
    problem = unknown_locale(canonical_locale(key))
    if problem:
        desk.fault("brief.locale", path, problem, "Name a language or locale, such as fr or de-AT.")
    _check_tree(desk, path, desk.get(*path), TRANSLATABLE, desk.data)


def _check_tree(desk: Desk, path: Path_, tree: Any, form: Any, source: Any) -> None:
    if not isinstance(tree, Mapping):
        desk.fault("brief.type", path, f"{path[-1]} must be a group of fields", "Lay it out as the brief above.")
        return
    named = isinstance(form, list)
    names = _names(str(path[-1]), source) if named else {k: (source or {}).get(k) for k in form}
    for key, value in tree.items():
        at = (*path, key)
        if key not in names or names[key] is None:
            if desk.broken(*(path[2:] if named else at[2:])):
                continue  # what it translates has a fault of its own
            known = [k for k, v in names.items() if v is not None]
            what = f"id {key!r} in {path[-1]}" if named else f"text {key!r}"
            help = meant(str(key), known, all_when_few=24)
            desk.fault("brief.translation", at, f"There is no {what} to translate", help)
        else:
            _check_leaf(desk, at, value, form[0] if named else form[key], names[key])


def _names(kind: str, source: Any) -> dict[str, Any]:
    """The entries of a list by id."""
    return {entry_id(kind, e, i): e for i, e in enumerate(source or ()) if isinstance(e, Mapping)}


def _check_leaf(desk: Desk, at: Path_, value: Any, form: Any, source: Any) -> None:
    if isinstance(form, (Mapping, list)):
        _check_tree(desk, at, value, form, source)
    elif form == "text" and not (isinstance(value, str) and value.strip()):
        desk.fault("brief.type", at, f"{at[-1]} must be a text", "Write it, in quotes if it looks like a number.")
    elif form != "text" and not _is_words(value):
        desk.fault("brief.type", at, f"{at[-1]} must be a list of texts", f"Write `{at[-1]}: [...]`.")
    elif form == "each" and len(value) != len(source):
        desk.fault("brief.translation", at, f"{at[-1]} has {len(value)} entries here and {len(source)} above",
                   "Translate each one, in the same order.")


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
