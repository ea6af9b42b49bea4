"""`batch.json`: the record of a batch, in bytes that depend on nothing but what was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from factory.errors import StoreError
from factory.ids import plain
from factory.records import Batch, Text, Variant


def to_json(batch: Batch) -> bytes:
    """The record as UTF-8 JSON, keys sorted, a newline last. Raises StoreError when it breaks its own schema."""
    body = to_plain(batch)
    check(body)
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def to_plain(batch: Batch) -> dict[str, Any]:
    """The record as plain data, in the shape that `batch.schema.json` describes."""
    body = {k: plain(getattr(batch, k)) for k in ("schema", "brief", "kit", "plan", "models", "seed", "figures", "concepts")}
    components = [{k: v for k, v in plain(c).items() if v not in ("", None)} | {"asset": plain(c.asset)} for c in batch.components]
    return {**body, "variants": [_variant(v) for v in batch.variants], "components": components}


def _variant(variant: Variant) -> dict[str, Any]:
    return {**plain(variant), "copy": {k: _text(t) for k, t in sorted(variant.copy.items())}}


def _text(text: Text) -> dict[str, Any]:
    return {"text": text.text, "source": text.source, "facts": list(text.facts)}


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of `batch.json`."""
    loaded: Mapping[str, Any] = json.loads((files("factory.manifests") / "batch.schema.json").read_text(encoding="utf-8"))
    return loaded


def check(body: Mapping[str, Any]) -> None:
    """Refuse a record that its schema does not allow: better no bundle than a false one."""
    from jsonschema import Draft202012Validator

    faults = sorted(Draft202012Validator(schema()).iter_errors(body), key=lambda e: list(map(str, e.absolute_path)))
    if faults:
        where = "/".join(map(str, faults[0].absolute_path))
        raise StoreError(f"The batch record breaks its schema: {faults[0].message[:300]}", code="batch.schema",
                         where=f"batch.json: {where}", help="This is a fault of ours; please report it with the brief.")
