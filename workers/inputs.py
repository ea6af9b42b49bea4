"""Brief, kit and plan: what a batch is made from, read the same way by `factory make` and by the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from brand_kits.errors import KitError
from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from factory.brief import load_brief
from factory.catalogue import load_catalogue
from factory.difference import Traits
from factory.errors import Fault, InputError
from factory.flow import Job, jobs_of
from factory.grounds import KitMode
from factory.ids import digest, digest_bytes
from factory.options import MakeOptions
from factory.placements import select
from factory.plan import KitFacts, PlanOptions, concept_traits, make_plan
from factory.portraits import read_fits
from factory.records import Brief, Placement, Plan
from factory.takes import another
from pipelines.product.outline import outline_colours


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """What a batch is made from, read and checked."""

    brief: Brief
    brief_digest: str
    kit: BrandKit
    placements: tuple[Placement, ...]
    plan: Plan
    models: Mapping[str, str]

    @property
    def base(self) -> str:
        """What all jobs rest on beside the plan, as a digest: a part of every job's name."""
        return digest([self.brief_digest, self.kit.digest, self.models])

    def jobs(self) -> tuple[Job, ...]:
        """Every job of the plan."""
        return jobs_of(self.plan, self.base, digest([self.models]))

    def traits(self) -> dict[str, Traits]:
        """The traits of the plan's concepts: what their difference is measured on."""
        return concept_traits(self.plan, load_catalogue(), kit_facts(self.kit))


def read_inputs(options: MakeOptions) -> Inputs:
    """Read brief and kit, and plan. Raises InputError with every fault found in either."""
    brief, kit = read_both(options.brief, options.kit)
    placements = select(brief.placements)
    models = _models(options)
    brief_digest = digest([replace(brief, source_dir=""), _own_pictures(brief, kit)])
    wanted = PlanOptions(variants=options.variants, seed=options.seed, video=options.video, model=models.get("image", ""))
    plan = make_plan(brief, brief_digest, kit_facts(kit), placements, load_catalogue(), wanted)
    return Inputs(brief=brief, brief_digest=brief_digest, kit=kit, placements=placements, plan=plan, models=models)


def read_both(brief_file: Path, kit_folder: Path) -> tuple[Brief, BrandKit]:
    """Read a brief and a kit. Raises InputError with every fault found in either."""
    faults: list[Fault] = []
    brief = kit = None
    try:
        kit = load_kit(kit_folder)
    except KitError as error:
        faults += [Fault(code=f.code, fact=f.fact, where=f.where, help=f.help) for f in error.faults]
    try:
        brief = load_brief(brief_file, kit)
    except InputError as error:
        faults += error.faults
    if brief is None or kit is None:
        raise InputError(faults)
    return brief, kit


def retaken(inputs: Inputs, concept: str, take: int) -> Inputs:
    """The inputs with one idea on another plate (`factory.takes`); everything else stays, the plan's digest too."""
    own = next(c for c in inputs.plan.concepts if c.id == concept)
    model = inputs.models.get("image", "")
    new, job = another(own, take, inputs.brief, kit_facts(inputs.kit), load_catalogue(), model)
    plan = replace(
        inputs.plan, concepts=tuple(new if c.id == concept else c for c in inputs.plan.concepts),
        plate_jobs=(*inputs.plan.plate_jobs, job), plates={**inputs.plan.plates, concept: job.id},
    )
    return replace(inputs, plan=plan)


def kit_facts(kit: BrandKit) -> KitFacts:
    """The part of a kit that planning decides by."""
    modes = tuple(
        KitMode(name=m.name, kind=m.kind, ground=m.roles["ground"], roles=kit.palette.hexes(m.name),
                accent_carries_type=_carries(kit, m.roles["ink"], m.roles["accent"]))
        for m in kit.palette.modes.values()
    )
    pictures = {
        name: (str(p.data.get("lit_side", "left")), frozenset(p.avoid_grounds)) for name, p in kit.product_pictures.items()
    }
    outlines = {name: outline_colours(p.file) for name, p in kit.product_pictures.items()}
    fits = {name: read_fits(p.data) for name, p in kit.product_pictures.items()}
    return KitFacts(digest=kit.digest, modes=modes, pictures=pictures, outlines=outlines, fits=fits)


def _carries(kit: BrandKit, ink: str, ground: str) -> bool:
    """Whether type of one colour may stand on another at any size."""
    pair = kit.palette.pairs.get((ink, ground))
    return pair is None or pair.use == "any"


def _own_pictures(brief: Brief, kit: BrandKit) -> dict[str, str]:
    """Digests of product pictures that lie beside the brief; those of the kit are in its own digest."""
    own = [p for p in brief.product.pictures if p not in kit.product_pictures]
    return {p: digest_bytes((Path(brief.source_dir) / p).read_bytes()) for p in own}


def _models(options: MakeOptions) -> dict[str, str]:
    """Names and digests of the models that a batch rests on."""
    from pipelines.copydeck.engines import describe as copy_model
    from pipelines.plate.models import describe as plate_models

    return {**plate_models(options.image_model), **copy_model(options.copy_model)}
