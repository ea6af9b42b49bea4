"""The command line: `factory init | make | validate | plan | placements | models | explain`, and
`up | down | doctor` of the service. Kept stable for programs.

Exit codes: 0 every promised cell is filled; 3 a cell stayed empty; 2 the input is wrong; 1 we broke; 130 stopped.
Nothing but typer is loaded before a command runs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from factory.doors import remote, starts

if TYPE_CHECKING:
    from factory.options import MakeOptions

app = typer.Typer(
    name="factory", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="A brief and a brand kit in; on-brand image, copy and short-video variants out.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

BriefArg = Annotated[Path, typer.Argument(metavar="BRIEF", help="The brief, YAML or JSON.")]
KitOpt = Annotated[Path, typer.Option("--kit", metavar="DIR", help="The brand kit's folder.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="For programs: JSON instead of words.")]
VariantsOpt = Annotated[int | None, typer.Option(min=1, max=5000, help="Images and videos in all; else by the brief.")]
SeedOpt = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Another seed makes other choices.")]
ImageOpt = Annotated[str | None, typer.Option(metavar="NAME|DIR", help="A diffusers model, by name or folder.")]
CopyOpt = Annotated[str | None, typer.Option(metavar="NAME|DIR|URL|none", help="A language model for drafts.")]
VideoOpt = Annotated[bool, typer.Option("--no-video", help="Make no videos.")]


@app.command()
def make(
    brief: BriefArg,
    kit: KitOpt,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the batch goes.")],
    variants: VariantsOpt = None,
    seed: SeedOpt = 0,
    image_model: ImageOpt = None,
    copy_model: CopyOpt = None,
    no_video: VideoOpt = False,
    jobs: Annotated[int | None, typer.Option(min=1, max=256, help="Processes at a time; else one a core.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what another brief or kit left in DIR.")] = False,
    as_json: JsonOpt = False,
) -> None:
    """Make a batch; called again, it goes on."""
    from factory.doors.faults import doorway
    from factory.doors.progress import reporter
    from factory.options import MakeOptions

    options = MakeOptions(
        brief=brief, kit=kit, out=out, variants=variants, seed=seed, image_model=image_model, copy_model=copy_model,
        video=not no_video, jobs=jobs, fresh=fresh,
    )
    with doorway(as_json=as_json, going_on="The same command goes on from here."):
        from workers.local import make as make_batch

        with reporter(as_json=as_json) as report:
            _warn_when_ended(brief, report)
            code = make_batch(options, report)
        raise SystemExit(code)


def _warn_when_ended(path: Path, report: Any) -> None:
    """An offer that is over is made all the same (what a brief becomes depends on no calendar), but not in silence."""
    from datetime import date

    from factory.brief import ended, load_brief
    from factory.errors import InputError

    try:
        fault = ended(load_brief(path), date.today())
    except InputError:
        return  # told by making itself, together with the kit's faults
    if fault:
        report({"event": "warning", "code": fault.code, "fact": fault.fact, "help": fault.help})


@app.command()
def validate(
    target: Annotated[Path, typer.Argument(metavar="BRIEF|KIT_DIR", help="A brief, or a brand kit's folder.")],
    kit: Annotated[Path | None, typer.Option("--kit", metavar="DIR", help="Hold a brief against this kit too.")] = None,
    as_json: JsonOpt = False,
) -> None:
    """List all faults of a brief or kit.

    Each with its file, line and field, and what to do. Exit code 2 when there is any.
    """
    from factory.doors.faults import doorway
    from factory.doors.validate import validated

    with doorway(as_json=as_json):
        said = validated(target, kit)
        if as_json:
            from factory.doors.faults import line

            line({"event": "done", "exit": 0, "shipped": 0, "fact": said})
        else:
            typer.echo(said)


@app.command()
def plan(
    brief: BriefArg,
    kit: KitOpt,
    variants: VariantsOpt = None,
    seed: SeedOpt = 0,
    image_model: ImageOpt = None,
    copy_model: CopyOpt = None,
    no_video: VideoOpt = False,
    as_json: JsonOpt = False,
) -> None:
    """Show what a brief will become.

    Its concepts, every variant, what is generated, and about how long it takes; nothing is made.
    """
    from factory.doors.faults import doorway
    from factory.options import MakeOptions

    options = MakeOptions(
        brief=brief, kit=kit, out=Path(), variants=variants, seed=seed, image_model=image_model, copy_model=copy_model,
        video=not no_video,
    )
    with doorway(as_json=as_json):
        _plan(options, as_json)


def _plan(options: MakeOptions, as_json: bool) -> None:
    from collections import Counter

    from factory.doors import tables
    from factory.doors.faults import line
    from workers.inputs import read_inputs

    inputs = read_inputs(options)
    stages = Counter(job.stage for job in inputs.jobs())
    cores = os.cpu_count() or 1
    if as_json:
        line(tables.plan_data(inputs.plan, stages, cores))
    else:
        tables.show_plan(inputs.plan, inputs.brief, stages, cores)


@app.command()
def placements(as_json: JsonOpt = False) -> None:
    """List placements with their limits.

    Sizes, safe zones, bytes and texts, each with its source.
    """
    from factory.doors import tables
    from factory.doors.faults import doorway, line

    with doorway(as_json=as_json):
        if as_json:
            line({"placements": tables.placement_rows()})
        else:
            tables.show_placements()


@app.command()
def models(as_json: JsonOpt = False) -> None:
    """List models, and which run here."""
    from factory.doors import tables
    from factory.doors.faults import doorway, line

    with doorway(as_json=as_json):
        from gpu.catalog import rows

        found = rows()
        if as_json:
            line({"models": found})
        else:
            tables.show_models(found)


@app.command()
def explain(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of a fault or finding; none lists all.")] = "",
    as_json: JsonOpt = False,
) -> None:
    """Say what a fault or finding means."""
    from factory.doors.explain import explain as page_of
    from factory.doors.explain import pages
    from factory.doors.faults import doorway, line

    with doorway(as_json=as_json):
        if not code:
            line({"codes": sorted(pages())}) if as_json else typer.echo("\n".join(sorted(pages())))
            return
        page = page_of(code)
        if as_json:
            line({"code": page.code, "text": page.text})
        else:
            typer.echo(f"{page.code}\n\n{page.text}")


@app.command()
def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Go on in the background; return when all is ready.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only show the parts; exit code 1 when one does not answer.")] = False,
    env: Annotated[bool, typer.Option("--env", help="Only print what pg_dump and aws need, secrets included.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="PART", help="Only this part; may be given again.")] = None,
    as_json: JsonOpt = False,
) -> None:
    """Start the service on this machine.

    Database, broker, object store, web door and workers, until Ctrl-C. A part that a setting names is not started.
    """
    from factory.doors.faults import doorway

    with doorway(as_json=as_json):
        from factory.doors.up import command

        raise SystemExit(command.up(detach=detach, check=check, env=env, only=only or (), as_json=as_json))


@app.command()
def down(now: Annotated[bool, typer.Option("--now", help="Kill what does not end at once.")] = False) -> None:
    """Stop the service on this machine."""
    from factory.doors.faults import doorway

    with doorway():
        from factory.doors.up import command

        raise SystemExit(command.down(now=now))


@app.command()
def doctor(as_json: JsonOpt = False) -> None:
    """Say what is wrong with the service.

    And what to do. Exit code 1 when something must be done.
    """
    from factory.doors.faults import doorway

    with doorway(as_json=as_json):
        from factory.doors.up import command

        raise SystemExit(command.doctor(as_json=as_json))


app.registered_commands += remote.commands()
app.add_typer(starts.app, name="init")


def main() -> None:
    """The entry of the program `factory`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
