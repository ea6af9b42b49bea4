"""Colours of a kit.yaml replaced and added, and every other sign of it kept: comments, order, spaces.

    recoloured(text, {"ink": ("#1C1A3B", ""), "rose": ("#E8A0B4", "Rose, for spring")})
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

HELP: Final = "Write palette.colours as names with {hex: ..., title: ...}."


def recoloured(text: str, changes: Mapping[str, tuple[str, str]]) -> str:
    """The text with these colours (name to hex and title). A title that is "" stays as it was. ValueError without a palette."""
    table = _table(text)
    known = {key.value: value for key, value in table.value}
    edits = [e for name, (hex, _) in changes.items() if name in known for e in _replaced(known[name], hex)]
    fresh = {name: how for name, how in changes.items() if name not in known}
    if fresh:
        edits.append(_added(text, table, fresh))
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def _table(text: str) -> Any:
    import yaml

    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for name in ("palette", "colours"):
        inside = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((v for k, v in inside if k.value == name), None)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise ValueError(f"The kit has no palette. {HELP}")
    return node


def _replaced(entry: Any, hex: str) -> list[tuple[int, int, str]]:
    return [(v.start_mark.index, v.end_mark.index, f'"{hex}"') for k, v in entry.value if k.value == "hex"]


def _added(text: str, table: Any, fresh: Mapping[str, tuple[str, str]]) -> tuple[int, int, str]:
    """Behind the last colour: on lines of their own in a block, after a comma in braces."""
    at = _end(table.value[-1][1])
    rows = [f"{name}: {_entry(*how)}" for name, how in fresh.items()]
    if table.flow_style:
        return at, at, "".join(f", {row}" for row in rows)
    line_end = text.find("\n", at)
    place = len(text) if line_end < 0 else line_end
    indent = " " * table.value[0][0].start_mark.column
    return place, place, "".join(f"\n{indent}{row}" for row in rows)


def _end(node: Any) -> int:
    """Where a value's own signs end: a block's mark lies behind the comments that follow it."""
    while not getattr(node, "flow_style", True) and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _entry(hex: str, title: str) -> str:
    told = f", title: {json.dumps(title, ensure_ascii=False)}" if title else ""
    return f'{{hex: "{hex}"{told}}}'
