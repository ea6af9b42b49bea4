"""`index.html`: the batch to look at, with everything about a variant one click away."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from brand_kits.kit import BrandKit
from factory.ids import plain
from factory.placements import load_tables
from factory.records import Batch, Brief, Component, Placement, Variant


def to_html(batch: Batch, brief: Brief, kit: BrandKit, placements: Mapping[str, Placement]) -> bytes:
    """The page: template, style and script of the package with the batch put in as data. Equal batch, equal bytes.

    The page's own policy lets nothing run but this very script, and nothing load but files beside it.
    """
    style, script = _part("gallery.css"), _part("gallery.js")
    words = {
        "TITLE": html.escape(brief.name), "BRAND": html.escape(kit.name), "MESSAGE": html.escape(brief.message),
        "STYLE": style, "SCRIPT": script, "STYLE_HASH": _hash(style), "SCRIPT_HASH": _hash(script),
        "DATA": for_script(_data(batch, brief, placements)),
    }
    return re.sub(r"\{\{([A-Z_]+)\}\}", lambda m: words[m[1]], _part("gallery.html")).encode()


def for_script(value: Any) -> str:
    """JSON that is safe inside a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _hash(text: str) -> str:
    """An inline element's source expression (CSP Level 3)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _part(name: str) -> str:
    return (files("factory.gallery") / name).read_text(encoding="utf-8")


def _data(batch: Batch, brief: Brief, placements: Mapping[str, Placement]) -> dict[str, Any]:
    tribes = {t.id: t.name for t in brief.tribes}
    platforms = {t.platform: t.title for t in load_tables()}
    concepts = [
        {"id": c.id, "idea": c.idea, "tribe": tribes.get(c.tribe, c.tribe), "motive": c.motive, "family": c.family,
         "device": c.device, "set": c.set, "mode": c.mode}
        for c in batch.concepts
    ]
    used = [placements[name] for name in sorted({v.placement for v in batch.variants})]
    return {
        "figures": plain(batch.figures), "concepts": concepts, "tribes": tribes, "seed": batch.seed, "plan": batch.plan,
        "models": dict(batch.models),
        "placements": {p.id: f"{platforms.get(p.platform, p.platform)} {p.title}" for p in used},
        "titles": {p.id: p.title for p in used},
        "variants": [_variant(v) for v in batch.variants],
        "components": [_component(c) for c in batch.components if c.asset],
    }


def _variant(v: Variant) -> dict[str, Any]:
    verdict = "dropped" if v.status != "shipped" else "warn" if any(f.verdict == "warn" for f in v.findings) else "pass"
    shipped = [{"path": f.path, "w": f.width, "h": f.height, "bytes": f.bytes, "seconds": f.seconds} for f in v.files]
    return {
        "id": v.id, "version": v.version, "concept": v.concept, "tribe": v.tribe, "locale": v.locale, "placement": v.placement,
        "kind": v.kind, "status": v.status, "reason": v.reason, "review": v.review, "verdict": verdict,
        "files": shipped if v.status == "shipped" else [],
        "copy": {k: {"text": t.text, "source": t.source} for k, t in sorted(v.copy.items())},
        "findings": [plain(f) for f in v.findings], "provenance": plain(v.provenance),
    }


def _component(c: Component) -> dict[str, Any]:
    assert c.asset is not None
    return {"role": c.role, "path": c.asset.path, "w": c.asset.width, "h": c.asset.height, "used_by": list(c.used_by)}
