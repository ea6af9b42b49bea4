"""`factory init`: a commented start of a brief or a kit, for people who write theirs as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Write a commented start of a brief or a brand kit; nothing is overwritten.")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder; it is made when it is not there.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="For programs: JSON instead of words.")]


@app.command()
def brief(
    folder: Folder,
    kit: Annotated[Path | None, typer.Option("--kit", metavar="DIR", help="A kit: its name and a picture are put in.")] = None,
    as_json: JsonOpt = False,
) -> None:
    """Write DIR/brief.yaml with every field explained.

    It is a whole brief already: `factory validate` finds nothing wrong with it.
    """
    from factory.doors.faults import doorway

    with doorway(as_json=as_json):
        from factory.doors.start_brief import start_brief

        _done(start_brief(folder, kit), as_json)


@app.command()
def kit(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with a logo, fonts and colours.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The brand as it is written; else by the folder.")] = "",
    as_json: JsonOpt = False,
) -> None:
    """Write DIR/kit.yaml from what lies in DIR.

    Logos as SVG, fonts as TTF or OTF, colours as colours.txt, CSS or design tokens (JSON), cut-out pictures as PNG or WebP.
    """
    from factory.doors.faults import doorway

    with doorway(as_json=as_json):
        from factory.doors.start_kit import start_kit

        _done(start_kit(folder, name), as_json)


def _done(said: tuple[Path, list[str]], as_json: bool) -> None:
    path, notes = said
    if as_json:
        from factory.doors.faults import line

        line({"event": "done", "exit": 0, "shipped": 0, "path": str(path), "notes": notes})
        return
    typer.echo("\n".join([f"{path} is written.", *notes]))
