"""Whether a brief has the shape of its schema, told in the words of the person who wrote it.

Help comes from the schema itself: each field there has a description and an example, and `x-form` names a form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from brand_kits.safe.yaml import Document
from factory.brief.desk import Path_, meant
from factory.errors import Fault

KINDS = {
    "object": "a group of fields", "array": "a list", "string": "a text", "number": "a number",
    "integer": "a whole number", "boolean": "true or false",
}
KEEPS_TYPE = frozenset({"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required"})
"""Rules whose breach leaves a value that can still be looked into for other faults."""


@lru_cache(maxsize=1)
def brief_schema() -> Mapping[str, Any]:
    """The published JSON Schema of a brief."""
    schema: Mapping[str, Any] = json.loads((files("factory") / "brief.schema.json").read_text(encoding="utf-8"))
    return schema


def as_json(value: Any) -> Any:
    """Plain data as JSON would hold it: dates as text, and fields that were left empty as if not written."""
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def shaped(document: Document) -> tuple[Any, list[tuple[Path_, Fault]]]:
    """The document's data without whatever has the wrong shape, and a fault for each thing that has."""
    from jsonschema import Draft202012Validator

    data = as_json(document.data)
    if not isinstance(data, dict):
        return {}, [((), Fault(code="brief.shape", fact="The file holds no fields", where=document.name,
                               help="Write `version: 1`, `name: ...` and so on; docs/briefs.md has an example."))]
    errors = [e for error in Draft202012Validator(brief_schema()).iter_errors(data) for e in _innermost(error)]
    faults = [fault for error in errors for fault in _faults(document, error)]
    for error in errors:
        _prune(data, error)
    return data, faults


def _innermost(error: Any) -> list[Any]:
    """Of a choice of shapes (a text or a group of fields) the faults of the shape that the person meant."""
    if error.validator != "anyOf":
        return [error]
    wanted = "object" if isinstance(error.instance, Mapping) else "string"
    branches = [i for i, s in enumerate(error.validator_value) if s.get("type") == wanted]
    return [e for e in error.context if e.schema_path[0] in branches]


def _faults(document: Document, error: Any) -> list[tuple[Path_, Fault]]:
    path = tuple(error.absolute_path)
    say = _key if _is_key(error) else _SAY.get(error.validator, _anything)
    return [
        (at, Fault(code=f"brief.{code}", fact=fact, where=document.where(at), help=help))
        for at, code, fact, help in say(error, path)
    ]


def _is_key(error: Any) -> bool:
    """Whether it is the name of a field that is wrong, not its value."""
    return "propertyNames" in error.absolute_schema_path


Said = list[tuple[Path_, str, str, str]]
"""Path, code, fact and help."""


def _required(error: Any, path: Path_) -> Said:
    found = [n for n in error.validator_value if n not in error.instance]
    mine = next(n for n in found if error.message.startswith(repr(n)))
    return [((*path, mine), "missing", f"{mine} is missing", _example(error.schema["properties"][mine], mine))]


def _unknown(error: Any, path: Path_) -> Said:
    known = list(error.schema["properties"])
    names = [n for n in error.instance if n not in known]
    fact = f"is not a field of {_owner(path)}"
    return [((*path, n), "unknown", f"{n} {fact}", meant(n, known, all_when_few=24)) for n in names]


def _owner(path: Path_) -> str:
    words = [str(p) for p in path if isinstance(p, str)]
    return words[-1] if words else "a brief"


def _type(error: Any, path: Path_) -> Said:
    wanted = error.validator_value
    help = "Put it in quotes." if wanted == "string" and not isinstance(error.instance, (dict, list)) else ""
    found = _shown(error.instance)
    return [(path, "type", f"{_last(path)} must be {KINDS[wanted]}, not {found}", help or _example(error.schema))]


def _choice(error: Any, path: Path_) -> Said:
    known = [str(v) for v in error.validator_value]
    help = meant(str(error.instance), known, all_when_few=0) or f"Choose one of {', '.join(known)}."
    return [(path, "choice", f"{_shown(error.instance)} is no choice for {_last(path)}", help)]


def _const(error: Any, path: Path_) -> Said:
    fact = f"{_last(path)} {_shown(error.instance)} is not read here"
    return [(path, "version", fact, f"Write {error.validator_value}.")]


def _pattern(error: Any, path: Path_) -> Said:
    if error.validator_value == r"\S":
        return [(path, "empty", f"{_last(path)} is empty", _example(error.schema))]
    form = error.schema.get("x-form")
    help = f"Write {form}." if form else _example(error.schema)
    return [(path, "form", f"{_shown(error.instance)} is not well formed as {_last(path)}", help)]


def _key(error: Any, path: Path_) -> Said:
    fact = f"{_shown(error.instance)} is no locale"
    return [((*path, error.instance), "locale", fact, "Write a locale like en, fr or de-AT.")]


def _range(error: Any, path: Path_) -> Said:
    words = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}[error.validator]
    help = f"It must be {words} {error.validator_value:,}."
    return [(path, "range", f"{_last(path)} is {_shown(error.instance)}", help)]


def _count(error: Any, path: Path_) -> Said:
    words = "at least" if error.validator.startswith("min") else "at most"
    help = f"There must be {words} {error.validator_value}."
    if error.validator.startswith("min") and not error.instance:
        return [(path, "empty", f"{_last(path)} is empty", f"{help} {_example(error.schema)}".strip())]
    return [(path, "count", f"{_last(path)} has {len(error.instance)} entries", help)]


def _length(error: Any, path: Path_) -> Said:
    if error.validator == "minLength":
        return [(path, "empty", f"{_last(path)} is empty", _example(error.schema))]
    fact = f"{_last(path)} has {len(error.instance):,} characters"
    return [(path, "length", fact, f"At most {error.validator_value:,} are allowed; shorten it.")]


def _twice(_: Any, path: Path_) -> Said:
    return [(path, "twice", f"{_last(path)} names something twice", "Keep one of each.")]


def _anything(error: Any, path: Path_) -> Said:
    return [(path, "shape", f"{_last(path)} is not as it should be", str(error.message)[:160])]


def _example(schema: Mapping[str, Any], name: str = "") -> str:
    """What a field is for, and an example of it."""
    about = str(schema.get("description", "")).rstrip(".")
    shown = next(iter(schema.get("examples", ())), None)
    if isinstance(shown, list) and not any(isinstance(v, (dict, list)) for v in shown):
        shown = f"[{', '.join(map(str, shown))}]"
    if shown is None or isinstance(shown, (dict, list)):
        return f"{about}." if about else ""
    return f"{about}, for example `{name + ': ' if name else ''}{shown}`."


def _last(path: Path_) -> str:
    words = [str(p) for p in path if isinstance(p, str)]
    number = f" entry {path[-1] + 1}" if path and isinstance(path[-1], int) else ""
    return (words[-1] if words else "the brief") + number


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return KINDS["array" if isinstance(value, list) else "object"]
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


_SAY: Mapping[str, Callable[[Any, Path_], Said]] = {
    "required": _required, "additionalProperties": _unknown, "type": _type, "enum": _choice, "const": _const,
    "minimum": _range, "exclusiveMinimum": _range, "maximum": _range, "minItems": _count, "maxItems": _count,
    "minProperties": _count, "maxProperties": _count, "minLength": _length, "maxLength": _length, "uniqueItems": _twice,
    "pattern": _pattern,
}


def _prune(data: Any, error: Any) -> None:
    """Take out what has the wrong shape, so that everything else can still be checked."""
    if _is_key(error):
        (_at(data, tuple(error.absolute_path)) or {}).pop(error.instance, None)
    elif error.validator == "additionalProperties":
        owner = _at(data, tuple(error.absolute_path))
        for name in [n for n in owner or () if n not in error.schema["properties"]]:
            del owner[name]
    elif error.validator not in KEEPS_TYPE and error.absolute_path:
        owner = _at(data, tuple(error.absolute_path)[:-1])
        step = error.absolute_path[-1]
        if isinstance(owner, dict):
            owner.pop(step, None)
        elif isinstance(owner, list):
            owner[int(step)] = None


def _at(data: Any, path: Path_) -> Any:
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        else:
            data = data[int(step)] if isinstance(data, list) and int(step) < len(data) else None
    return data
