"""Reading back what stages kept, as records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from factory.batch import Made, Results
from factory.flow import Job
from factory.readback import made_of, shipped, text_of
from factory.records import Asset, Component, CopyDeck, Plate

Place = Callable[[str], str]
"""Ships a kept file by its name; returns its path within the bundle."""


def collect(
    jobs: Sequence[Job], failed: Mapping[str, str], find: Callable[[str], Any], models: Mapping[str, str], place: Place = shipped
) -> Results:
    """Everything that the jobs of a plan left, with the files of shipped parts placed in `assets/`.

    `failed` maps a job to why it failed; `find` gives a job's result, or None where there is none.
    """
    made: list[Made] = []
    components: dict[str, Component] = {}
    errors = {c["id"]: failed[j.id] for j in jobs if j.id in failed for c in j.args.get("cells", ())}
    for job in jobs:
        result = find(job.id) if job.stage in ("compose", "animate") else None
        if result is not None:
            made += [made_of(m) for m in result["made"]]
            errors |= result.get("errors", {})
            for c in result.get("components", ()):
                _merge(components, component_of(c, place))
    return Results(made=made, components=[components[k] for k in sorted(components)], errors=errors, models=models)


def _merge(components: dict[str, Component], new: Component) -> None:
    """Equal components are one, used by all that named it."""
    old = components.get(new.id)
    used = tuple(sorted({*(old.used_by if old else ()), *new.used_by}))
    components[new.id] = Component(
        id=new.id, kind=new.kind, role=new.role, used_by=used, asset=new.asset, text=new.text, locale=new.locale,
        source=new.source,
    )


def component_of(data: Mapping[str, Any], place: Place) -> Component:
    """A component, its file placed in `assets/`."""
    asset = None
    if data.get("blob"):
        asset = Asset(**{**data["asset"], "path": place(data["blob"])})
    return Component(
        id=data["id"], kind=data["kind"], role=data["role"], used_by=tuple(data["used_by"]), asset=asset,
        text=data.get("text", ""), locale=data.get("locale", ""), source=data.get("source", ""),
    )


def deck_of(data: Mapping[str, Any]) -> CopyDeck:
    """A copy deck, from its kept form."""
    return CopyDeck(concept=data["concept"], locale=data["locale"], texts=tuple(text_of(t) for t in data["texts"]))


def plate_of(data: Mapping[str, Any]) -> Plate:
    """A plate, from its kept form."""
    return Plate(**data)
