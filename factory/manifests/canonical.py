"""`batch.json`: the record of a batch, in bytes that depend on nothing but what was made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from factory.errors import StoreError
from factory.ids import plain
from factory.records import Batch, Component, Text, Variant


def to_json(batch: Batch) -> bytes:
    """The record as UTF-8 JSON, keys sorted, a newline last. Raises StoreError when it breaks its own rules."""
    body = to_plain(batch)
    check(body)
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def to_plain(batch: Batch) -> dict[str, Any]:
    """The record as plain data, in the shape that `batch.schema.json` describes."""
    body = {k: plain(getattr(batch, k)) for k in ("schema", "brief", "kit", "plan", "models", "seed", "figures", "concepts")}
    return {**body, "variants": [_variant(v) for v in batch.variants], "components": [_component(c) for c in batch.components]}


def _component(component: Component) -> dict[str, Any]:
    """A part without the fields that its kind has no use for; `asset` always stands."""
    return {k: v for k, v in plain(component).items() if v not in ("", None)} | {"asset": plain(component.asset)}


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
    """Refuse a record that its schema does not allow or that contradicts itself: better no bundle than a false one.

    Raises StoreError with the first fault and the number of all.
    """
    found = list(_by_schema(body)) or list(_by_sense(body))
    if found:
        where, fact = found[0]
        more = f" ({len(found)} faults)" if len(found) > 1 else ""
        raise StoreError(f"The batch record is wrong: {fact[:300]}{more}", code="batch.schema", where=f"batch.json: {where}",
                         help="This is a fault of ours; please report it with the brief.")


def _by_schema(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where and how a record breaks the schema, in the order of the places."""
    from jsonschema import Draft202012Validator

    faults = Draft202012Validator(schema()).iter_errors(body)
    yield from sorted(("/".join(map(str, e.absolute_path)), e.message) for e in faults)
    yield from (("", str(e)) for e in _endless(body))


def _endless(body: Mapping[str, Any]) -> Iterator[ValueError]:
    """JSON has no word for infinity, and a schema no rule against it."""
    try:
        json.dumps(body, allow_nan=False)
    except ValueError as error:
        yield error


def _by_sense(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a schema cannot say: ids are unique, names lead somewhere, files are named by digest, figures add up."""
    concepts, variants = {c["id"] for c in body["concepts"]}, body["variants"]
    counts = Counter(v["id"] for v in variants)
    yield from ((f"variants/{i}", "two variants have this id") for i, n in counts.items() if n > 1)
    for v in variants:
        if v["concept"] not in concepts:
            yield f"variants/{v['id']}/concept", f"there is no concept {v['concept']}"
        yield from _misnamed(f"variants/{v['id']}/files", v["files"])
    for c in body["components"]:
        yield from _misnamed(f"components/{c['id']}/asset", [c["asset"]] if c["asset"] else [])
        yield from ((f"components/{c['id']}/used_by", f"there is no variant {v}") for v in c["used_by"] if v not in counts)
    status = Counter(v["status"] for v in variants)
    for name in ("shipped", "dropped", "failed"):
        if body["figures"][name] != status[name]:
            yield f"figures/{name}", f"{body['figures'][name]} where {status[name]} variants are {name}"


def _misnamed(where: str, assets: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    wrong = (a["path"] for a in assets if PurePosixPath(a["path"]).stem != a["sha256"])
    return ((where, f"{path} is not named by its digest") for path in wrong)
