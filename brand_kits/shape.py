"""Whether a document has the shape of its schema, told in the words of the person who wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from brand_kits.errors import KitFault
from brand_kits.safe.yaml import Document

KIND = {"object": "a group of fields", "array": "a list", "string": "a text", "number": "a number",
        "integer": "a whole number", "boolean": "true or false"}  # fmt: skip


@lru_cache(maxsize=1)
def kit_schema() -> Mapping[str, Any]:
    """The published JSON Schema of `kit.yaml`."""
    text = (files("brand_kits") / "kit.schema.json").read_text(encoding="utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


def shape_faults(document: Document, schema: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], KitFault]]:
    """Every way in which a document differs from its schema, each with the path of the value."""
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema).iter_errors(_as_json(document.data))
    found = [(tuple(e.absolute_path), e) for e in errors]
    found.sort(key=lambda pair: ([str(part).rjust(6, "0") for part in pair[0]], pair[1].message))
    return [(path, _fault(document, path, error)) for path, error in found]


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _fault(document: Document, path: tuple[str | int, ...], error: Any) -> KitFault:
    fact, help = _SAY.get(error.validator, _anything)(error)
    return KitFault(code=f"shape.{error.validator}", fact=fact, where=document.where(path), help=help)


def _required(error: Any) -> tuple[str, str]:
    missing = error.message.split("'")[1]
    return f"{missing!r} is missing", _hint(error, missing) or "Add it."


def _unknown(error: Any) -> tuple[str, str]:
    known = sorted(error.schema.get("properties", {}))
    names = [k for k in error.instance if k not in known]
    fact = f"{', '.join(map(repr, names))} {'is' if len(names) == 1 else 'are'} not known here"
    return fact, f"Known: {', '.join(known)}."


def _type(error: Any) -> tuple[str, str]:
    wanted = KIND.get(str(error.validator_value), str(error.validator_value))
    help = "Put it in quotes." if error.validator_value == "string" else f"Write {wanted}."
    return f"This must be {wanted}, not {_brief(error.instance)}", help


def _choice(error: Any) -> tuple[str, str]:
    return f"{_brief(error.instance)} is no choice here", f"Choose one of {', '.join(map(str, error.validator_value))}."


def _const(error: Any) -> tuple[str, str]:
    return f"{_brief(error.instance)} is not read", f"Write {error.validator_value}."


def _pattern(error: Any) -> tuple[str, str]:
    form = _FORMS.get(error.validator_value, f"It must match {error.validator_value}.")
    help = error.schema.get("description") or form
    return f"{_brief(error.instance)} is not well formed", help


def _range(error: Any) -> tuple[str, str]:
    side = "at least" if error.validator.startswith("min") else "at most"
    return f"{_brief(error.instance)} is out of range", f"It must be {side} {error.validator_value}."


def _count(error: Any) -> tuple[str, str]:
    side = "at least" if error.validator.startswith("min") else "at most"
    return f"There are {len(error.instance)} here", f"There must be {side} {error.validator_value}."


def _length(error: Any) -> tuple[str, str]:
    if error.validator == "minLength":
        return "The text is empty", "Write it or remove the field."
    return f"The text has {len(error.instance)} characters", f"At most {error.validator_value} are read."


def _anything(error: Any) -> tuple[str, str]:
    return str(error.message)[:160], "See the schema."


def _hint(error: Any, field: str) -> str:
    return str(error.schema.get("properties", {}).get(field, {}).get("description", ""))


def _brief(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return KIND["array" if isinstance(value, list) else "object"]
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    return repr(value)[:60]


_SAY: Mapping[str, Callable[[Any], tuple[str, str]]] = {
    "required": _required, "additionalProperties": _unknown, "type": _type, "enum": _choice, "const": _const,
    "pattern": _pattern, "minimum": _range, "maximum": _range, "minItems": _count, "maxItems": _count,
    "minProperties": _count, "maxProperties": _count, "minLength": _length, "maxLength": _length,
}  # fmt: skip
_FORMS: Mapping[str, str] = {
    "^#[0-9a-fA-F]{6}$": 'Write a colour as "#F05A28", in quotes.',
    "^[a-z][a-z0-9_-]{0,39}$": "Names are small letters, digits, - and _, starting with a letter.",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "Write a date as 2026-01-31.",
    "^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*|\\*)$": "Languages are codes like fr or fr-CA, or * for every one.",
    "^([A-Z]{2}|\\*)$": "Markets are country codes like FR, or * for every one.",
}
