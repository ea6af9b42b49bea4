"""YAML from people: plain data only, bounded, and every value remembers its line.

Refused: anchors and aliases (a few lines of them can mean billions of values), tags, several documents, keys that
stand twice or are no plain word. Only `true` and `false` are truth values and only 2026-01-31 is a date, so that a
country `no` or a time 18:30 stays the text it was written as.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from brand_kits.errors import KitError, KitFault, UnsafeFileError
from brand_kits.safe.files import read_blob

MAX_BYTES = 512_000
MAX_DEPTH = 24
MAX_VALUES = 40_000

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What a file says. `marks` maps the path of every key and item to its line, counted from 1."""

    data: Any
    marks: Mapping[Path_, int]
    name: str
    digest: str = ""

    def where(self, path: Path_) -> str:
        """`kit.yaml:14 type.display.files.600`: the nearest line that is known, and the path in words."""
        known = next((self.marks[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.marks), None)
        place = f"{self.name}:{known}" if known else self.name
        return f"{place} {'.'.join(map(str, path))}".rstrip()


_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]  # the C loader when it is there: 10 times as fast, the same events
    """YAML 1.2's core idea of plain values instead of YAML 1.1's."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own protocol)


_PLAIN = (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"true|True|false|False", list("tTfF")),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]{0,17})", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"[-+]?(?:0|[1-9][0-9]*|)\.[0-9]+(?:[eE][-+]?[0-9]{1,3})?", list("-+.0123456789")),
    ("tag:yaml.org,2002:timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", list("0123456789")),
)
for _tag, _form, _first in _PLAIN:
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_form})$"), _first)


def read_yaml(path: Path, *, limit: int = MAX_BYTES) -> Document:
    """The plain data of a YAML or JSON file with the line of each value; KitError says why it is not read."""
    blob = read_blob(path, limit=limit)
    try:
        text = blob.data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise _fault("yaml.encoding", "The file is not UTF-8 text", path.name, "Save it as UTF-8.") from cause
    document = parse_yaml(text, path.name)
    return Document(data=document.data, marks=document.marks, name=path.name, digest=blob.digest)


def parse_yaml(text: str, name: str) -> Document:
    """The plain data of a YAML text; `name` stands in messages."""
    source = _json_as_yaml(text) if name.endswith(".json") else text
    try:
        _bound(source, name)
        node = yaml.compose(source, Loader=_Loader)
    except yaml.YAMLError as cause:
        raise _syntax(cause, name) from cause
    except ValueError as cause:  # characters that YAML cannot hold
        fact = "The file holds a character that YAML does not allow"
        raise _fault("yaml.syntax", fact, name, "Remove it.") from cause
    marks: dict[Path_, int] = {}
    faults: list[KitFault] = []
    data = _plain(node, (), marks, faults, name) if node is not None else None
    if faults:
        raise KitError(faults)
    return Document(data=data, marks=marks, name=name)


def _json_as_yaml(text: str) -> str:
    """The two things in which JSON is not YAML: indenting by tabs, and signs written as two escaped halves."""
    return _ESCAPED.sub(_joined, text.replace("\t", "    "))


_ESCAPED = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\.")


def _joined(match: re.Match[str]) -> str:
    """Two halves as the one sign they stand for; any other escape as it is."""
    if match[1] is None:
        return match[0]
    halves = bytes.fromhex(match[1] + match[2])
    return halves.decode("utf-16-be")


def _bound(text: str, name: str) -> None:
    """Walk the events, which costs no memory, and stop at the first that plain data would not have."""
    depth = values = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = _line(event)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or anchor:
            raise _fault("yaml.alias", "Anchors and aliases are not read", f"{name}:{line}", "Write the value out.")
        if tag:
            raise _fault("yaml.tag", f"The tag {tag} is not read", f"{name}:{line}", "Write plain values without tags.")
        documents += isinstance(event, yaml.DocumentStartEvent)
        values += isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        _within(depth, values, documents, f"{name}:{line}")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _within(depth: int, values: int, documents: int, where: str) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep(where)
    if values > MAX_VALUES:
        raise _fault("yaml.size", f"The file holds more than {MAX_VALUES:,} values", where, "Split or shorten it.")
    if documents > 1:
        raise _fault("yaml.documents", "The file holds several documents", where, "Keep one; remove the `---` lines.")


def _too_deep(where: str) -> UnsafeFileError:
    return _fault("yaml.depth", f"Values lie deeper than {MAX_DEPTH} levels", where, "Flatten the file.")


def _plain(node: Any, path: Path_, marks: dict[Path_, int], faults: list[KitFault], name: str) -> Any:
    marks.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, marks, faults, name)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), marks, faults, name) for i, item in enumerate(node.value)]
    value = _scalar(node)
    if value is _BAD:
        faults.append(KitFault(
            code="yaml.value", fact=f"{node.value} cannot be", where=f"{name}:{node.start_mark.line + 1}",
            help="Write a date of the calendar as 2026-01-31, or a text in quotes.",
        ))
    return value


def _mapping(node: Any, path: Path_, marks: dict[Path_, int], faults: list[KitFault], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key, str):
            faults.append(KitFault(code="yaml.key", fact="A key is no plain word", where=f"{name}:{line}",
                                   help="Name the field by a word."))
            continue
        if key in found:
            faults.append(KitFault(code="yaml.twice", fact=f"{key!r} stands twice", where=f"{name}:{line}",
                                   help=f"Keep one; the first is on line {marks[(*path, key)]}."))
            continue
        marks[(*path, key)] = line
        found[key] = _plain(value_node, (*path, key), marks, faults, name)
    return found


_BAD = object()


def _scalar(node: Any) -> Any:
    kind, text = node.tag.rsplit(":", 1)[-1], node.value
    if kind not in _READERS:
        return text
    try:
        return _READERS[kind](text)
    except ValueError:
        return _BAD


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_READERS: Mapping[str, Any] = {
    "null": lambda _: None,
    "bool": lambda text: text[0] in "tT",
    "int": int,
    "float": _float,
    "timestamp": date.fromisoformat,
}


def _syntax(cause: yaml.YAMLError, name: str) -> UnsafeFileError:
    mark = getattr(cause, "problem_mark", None)
    problem = getattr(cause, "problem", None) or "The file cannot be read as YAML"
    where = f"{name}:{mark.line + 1}" if mark else name
    if "nesting depth" in str(problem):  # the parser's own bound, met before an event was made
        return _too_deep(where)
    return _fault("yaml.syntax", str(problem).capitalize(), where, "Check indentation, colons and quotes on this line.")


def _fault(code: str, fact: str, where: str, help: str) -> UnsafeFileError:
    return UnsafeFileError(fact, code=code, where=where, help=help)
