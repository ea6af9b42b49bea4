"""The OpenAPI document, completed with what routes have in common: problems, the key, the servers."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from factory.doors.web.shapes import ProblemOut

VERSION: Final = "1.0.0"

ABOUT: Final = """\
A brief and a brand kit in; on-brand image, copy and short-video variants out.

Upload a kit and pictures, make a brand version and a brief, start a batch, review its variants, publish a bundle.
Errors are problems (RFC 9457). A POST with an `Idempotency-Key` may be sent again. Lists go by cursor.
"""


PAGE: Final = re.compile(r"Page_(\w+?)(?:Out)?_(?=\")")
"""How pydantic names a page of something: made `UploadPage`, a name that generated clients can bear."""


def schema(app: FastAPI) -> dict[str, Any]:
    """The document; built once."""
    if app.openapi_schema is None:
        whole = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", description=ABOUT, routes=app.routes,
                            tags=[{"name": t} for t in _tags(app)])
        app.openapi_schema = json.loads(PAGE.sub(r"\1Page", json.dumps(_completed(whole))))
    return app.openapi_schema


def _tags(app: FastAPI) -> list[str]:
    return list(dict.fromkeys(str(t) for r in app.routes for t in getattr(r, "tags", [])))


def _completed(whole: dict[str, Any]) -> dict[str, Any]:
    parts = whole.setdefault("components", {})
    shapes = parts.setdefault("schemas", {})
    shapes.pop("HTTPValidationError", None)
    shapes.pop("ValidationError", None)
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    shapes.update(problem.pop("$defs", {}))
    shapes["Problem"] = {**problem, "title": "Problem"}
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "An API key: `cf_live_...`."}}
    whole["security"] = [{"key": []}]
    return whole
