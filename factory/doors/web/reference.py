"""The reference as one page of HTML, written from the OpenAPI document itself: no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

METHODS: Final = ("get", "post", "put", "patch", "delete")

COMMON: Final = frozenset({
    "request.invalid", "request.malformed", "request.large", "request.type", "request.header", "access.missing", "access.unknown",
    "access.ended", "access.role", "access.scope", "rate.limit", "server.error", "server.busy",
})
"""What any route may answer: told once, at the top."""


@lru_cache(maxsize=1)
def style() -> str:
    """The page's style sheet."""
    return (files("factory.doors.web") / "pages" / "reference.css").read_text(encoding="utf-8")


def policy() -> str:
    """A Content-Security-Policy that allows this page its own style and nothing else."""
    sha = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{sha}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page(whole: Mapping[str, Any], server: str) -> str:
    """The HTML of a document. `server` is the address that the examples call."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup, escape

    env = Environment(loader=PackageLoader("factory.doors.web", "pages"), autoescape=select_autoescape(default=True),
                      undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.filters["marked"] = lambda text: Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704
    groups = list(_groups(whole, server))
    schemas = [{"name": n, "about": s.get("description", ""), "rows": list(fields(s, whole))}
               for n, s in sorted(whole["components"]["schemas"].items()) if s.get("properties")]
    return env.get_template("reference.html").render(
        title=whole["info"]["title"], version=whole["info"]["version"], about=whole["info"]["description"].split("\n\n"),
        style=style(), groups=groups, schemas=schemas, common=sorted(COMMON))


def _groups(whole: Mapping[str, Any], server: str) -> Iterator[dict[str, Any]]:
    for tag in whole.get("tags", []):
        found = [_operation(whole, path, method, row[method], server)
                 for path, row in whole["paths"].items() for method in METHODS
                 if method in row and tag["name"] in row[method].get("tags", [])]
        if found:
            yield {"name": tag["name"], "operations": found}


def _operation(whole: Mapping[str, Any], path: str, method: str, row: Mapping[str, Any], server: str) -> dict[str, Any]:
    return {
        "id": row["operationId"], "method": method.upper(), "path": path, "summary": row.get("summary", ""),
        "about": row.get("description", "").split("\n\n"), "roles": row.get("x-roles", []), "scope": row.get("x-scope", ""),
        "parameters": [_parameter(p) for p in row.get("parameters", [])],
        "bodies": list(_bodies(whole, row.get("requestBody", {}))),
        "answers": list(_answers(row["responses"])),
        "curl": curl(whole, path, method, row, server),
    }  # fmt: skip


def _parameter(p: Mapping[str, Any]) -> dict[str, str]:
    return {"name": p["name"], "where": p["in"], "kind": kind(p.get("schema", {})),
            "need": "required" if p.get("required") else "", "about": p.get("description", "")}


def _bodies(whole: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for media, row in body.get("content", {}).items():
        schema = _resolved(row.get("schema", {}), whole)
        yield {"media": media, "about": body.get("description", ""), "rows": list(fields(schema, whole))}


def _answers(responses: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a route answers, beside what any route may."""
    for status, row in sorted(responses.items()):
        answer = _answer(status, row)
        own = [code for code in answer["problems"] if code not in COMMON]
        if own or not answer["problems"]:
            yield {**answer, "problems": own}


def _answer(status: str, row: Mapping[str, Any]) -> dict[str, Any]:
    problems = row.get("content", {}).get("application/problem+json", {}).get("examples", {})
    told = {media: c["schema"] for media, c in row.get("content", {}).items() if "schema" in c}
    other = next((schema for media, schema in told.items() if media != "application/problem+json"), None)
    about = "" if problems else row["description"]
    return {"status": status, "kind": kind(other) if other else "", "about": about, "problems": list(problems)}


def fields(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The fields of an object's schema: name, kind, whether it must be there, what it means."""
    for name, row in _resolved(schema, whole).get("properties", {}).items():
        need = "required" if name in schema.get("required", ()) else ""
        yield {"name": name, "kind": kind(row), "need": need, "about": row.get("description", "")}


def kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: `integer 1-200`, `list of VariantOut`, `creator | reviewer`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", maxsplit=1)[-1]
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        return " or ".join(dict.fromkeys(kind(c) for c in choices))
    if "enum" in schema or "const" in schema:
        return " | ".join(map(str, schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    return " ".join(filter(None, [str(schema.get("format") or schema.get("type") or "anything"), _bounds(schema)]))


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum", schema.get("minLength")), schema.get("maximum", schema.get("maxLength"))
    return "" if low is None and high is None else f"{'' if low is None else low}–{'' if high is None else high}"


def _resolved(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    choices: Sequence[Mapping[str, Any]] = schema.get("anyOf", ())
    found = next((c for c in choices if "$ref" in c), schema)
    if "$ref" in found:
        return dict(whole["components"]["schemas"][str(found["$ref"]).rsplit("/", maxsplit=1)[-1]])
    return found


def curl(whole: Mapping[str, Any], path: str, method: str, row: Mapping[str, Any], server: str) -> str:
    """A call of an operation that a person can paste: ids and required fields stand as examples."""
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}'{server}{_filled(path, row)}'"]
    if row.get("x-roles"):
        lines.append("-H \"Authorization: Bearer $FACTORY_KEY\"")
    lines += [f"-H '{p['name']}: {_example(p.get('schema', {}), p)}'" for p in row.get("parameters", [])
              if p["in"] == "header" and p.get("required")]
    content = row.get("requestBody", {}).get("content", {})
    if "application/yaml" in content:
        lines += ["-H 'Content-Type: application/yaml'", "--data-binary @brief.yaml"]
    elif "application/json" in content:
        body = _sample(content["application/json"].get("schema", {}), whole)
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(body, ensure_ascii=False)}'"]
    return " \\\n  ".join(lines)


def _filled(path: str, row: Mapping[str, Any]) -> str:
    query = []
    for p in row.get("parameters", []):
        value = str(_example(p.get("schema", {}), p))
        if p["in"] == "path":
            path = path.replace("{" + p["name"] + "}", value)
        elif p["in"] == "query" and p.get("required"):
            query.append(f"{p['name']}={value}")
    return path + (f"?{'&'.join(query)}" if query else "")


def _sample(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    """The least object that a schema takes, of examples where it gives any."""
    schema = _resolved(schema, whole)
    if "properties" not in schema:
        return _example(schema, schema)
    names = schema.get("required") or list(schema["properties"])[:1]
    return {name: _sample(schema["properties"][name], whole) for name in names}


PLAIN: Final[Mapping[str, Any]] = {"string": "...", "integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}


def _example(schema: Mapping[str, Any], holder: Mapping[str, Any]) -> Any:
    for source in (holder, schema):
        given = source.get("examples", source.get("example"))
        if isinstance(given, list) and given:
            return given[0]
        if given is not None and not isinstance(given, (list, dict)):
            return given
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [_example(schema.get("items", {}), {})]
    return PLAIN.get(str(schema.get("type")), "...")
