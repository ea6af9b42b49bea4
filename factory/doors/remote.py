"""The command line on the service: `factory submit | status | watch | approve | download`, over the same API as everybody.

Where it is and with which key: --url and --key-file, else FACTORY_URL and FACTORY_KEY, else what `factory up` wrote into
FACTORY_HOME. Nothing but typer is loaded before a command runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from factory.client import BatchInfo, Client, VariantInfo

app = typer.Typer(add_completion=False)

UrlOpt = Annotated[str | None, typer.Option("--url", metavar="URL", help="The service; else FACTORY_URL, else the one here.")]
KeyOpt = Annotated[Path | None, typer.Option("--key-file", metavar="FILE", help="A file with the API key; else FACTORY_KEY.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="For programs: JSON instead of words.")]
BatchArg = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's id.")]

FIRST_PORT = "http://127.0.0.1:8000"


def open_client(url: str | None, key_file: Path | None) -> Client:
    """The client that options, environment and FACTORY_HOME lead to. Raises InputError when no key is found."""
    from factory.client import Client
    from factory.errors import Fault, InputError
    from factory.settings import Settings

    home = Settings.read(os.environ).home
    key = key_file.read_text().strip() if key_file else os.environ.get("FACTORY_KEY", "").strip() or _read(home / "admin-key")
    if not key:
        raise InputError(
            [
                Fault(
                    code="client.key",
                    fact="There is no API key",
                    where=str(home / "admin-key"),
                    help="Start the service here (`factory up`), or give --key-file or FACTORY_KEY.",
                )
            ]
        )
    return Client(url or os.environ.get("FACTORY_URL") or _url_of(home), key)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _url_of(home: Path) -> str:
    import json

    try:
        return str(json.loads(_read(home / "run" / "web.json"))["url"])
    except (ValueError, KeyError, TypeError):
        return FIRST_PORT


@app.command()
def submit(
    brief: Annotated[Path, typer.Argument(metavar="BRIEF", help="The brief, YAML or JSON.")],
    kit: Annotated[Path, typer.Option("--kit", metavar="DIR", help="The brand kit's folder.")],
    variants: Annotated[int | None, typer.Option(min=1, max=5000, help="Images and videos in all; else by the brief.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Another seed makes other choices.")] = 0,
    no_video: Annotated[bool, typer.Option("--no-video", help="Make no videos.")] = False,
    priority: Annotated[str, typer.Option(metavar="low|normal|high", help="Share of the workers.")] = "normal",
    deadline: Annotated[int | None, typer.Option(metavar="SECONDS", min=10, help="Stop then; what was made is kept.")] = None,
    custom_id: Annotated[str | None, typer.Option("--id", metavar="TEXT", help="A name of yours: one batch each.")] = None,
    follow: Annotated[bool, typer.Option("--watch", help="Follow it until it has ended.")] = False,
    url: UrlOpt = None,
    key_file: KeyOpt = None,
    as_json: JsonOpt = False,
) -> None:
    """Send a brief with its kit to the service, and start a batch."""

    def run(client: Client) -> int:
        batch = _named(client, brief, custom_id) if custom_id else None
        if batch is None:
            key = f"submit:{custom_id}" if custom_id else ""
            batch = client.submit(
                client.brief(brief, client.kit(kit)), variants=variants, seed=seed, video=not no_video, priority=priority,
                deadline_s=deadline, custom_id=custom_id, idempotency_key=key,
            )  # fmt: skip
        _out(as_json, {"event": "submitted", **batch.raw}, batch.id)
        return _follow(client, batch.id, as_json) if follow else 0

    _with_client(url, key_file, as_json, run)


def _named(client: Client, path: Path, custom_id: str) -> BatchInfo | None:
    """The batch that has this name already. Raises InputError when it is of another brief."""
    from factory.errors import Fault, InputError

    there = next(client.batches(custom_id=custom_id), None)
    if there and client.brief_text(there.brief) != path.read_text(encoding="utf-8"):
        raise InputError(
            [
                Fault(
                    code="client.name",
                    fact=f"{custom_id!r} names a batch of another brief: {there.id}",
                    where=str(path),
                    help="Choose another --id.",
                )
            ]
        )
    return there


@app.command()
def status(
    batch: Annotated[str | None, typer.Argument(metavar="[BATCH]", help="The batch's id; none lists the newest.")] = None,
    url: UrlOpt = None,
    key_file: KeyOpt = None,
    as_json: JsonOpt = False,
) -> None:
    """Show how far a batch is.

    Without one, the newest batches. Exit code 3 when it ended without all of its variants.
    """
    from itertools import islice

    def run(client: Client) -> int:
        found = [client.batch(batch)] if batch else list(islice(client.batches(), 20))
        for b in found:
            _out(as_json, dict(b.raw), _told(b))
        return _exit(found[0]) if batch else 0

    _with_client(url, key_file, as_json, run)


@app.command()
def watch(batch: BatchArg, url: UrlOpt = None, key_file: KeyOpt = None, as_json: JsonOpt = False) -> None:
    """Follow a batch until it has ended."""
    _with_client(url, key_file, as_json, lambda client: _follow(client, batch, as_json))


@app.command()
def approve(
    batch: BatchArg,
    variants: Annotated[list[str] | None, typer.Argument(metavar="[VARIANT]...", help="Variants' ids.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that is undecided and passed its checks.")] = False,
    comment: Annotated[str, typer.Option(help="Words for the record.")] = "",
    url: UrlOpt = None,
    key_file: KeyOpt = None,
    as_json: JsonOpt = False,
) -> None:
    """Approve variants of a batch."""

    def run(client: Client) -> int:
        chosen = _chosen(client, batch, variants or [], every)
        results = client.approve(chosen, comment=comment)
        refused = [r for r in results if r["status"] == "refused"]
        for r in refused:
            _say(f"{r['variant']}: {r['detail']}  [{r['code']}]")
        decided = sum(r["status"] == "decided" for r in results)
        _out(
            as_json, {"event": "approved", "approved": decided, "refused": refused}, f"{decided} approved, {len(refused)} refused"
        )
        return 2 if refused else 0

    _with_client(url, key_file, as_json, run)


def _chosen(client: Client, batch: str, variants: list[str], every: bool) -> Iterable[VariantInfo]:
    from factory.errors import Fault, InputError

    if bool(variants) == every:
        raise InputError([Fault(code="client.choice", fact="Say which variants to approve", help="Name them, or say --all.")])
    if every:
        return client.variants(batch, state="ready", review="pending", verdict=["pass", "warn"])
    return map(client.variant, variants)


@app.command()
def download(
    what: Annotated[str, typer.Argument(metavar="BATCH|BUNDLE", help="A batch: all of it that is approved. Or a bundle.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder that is new or empty.")],
    platform: Annotated[
        list[str] | None, typer.Option("--platform", metavar="NAME", help="Only this one; may be given again.")
    ] = None,
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="What nobody decided on too (ad_ops and admin keys).")] = False,
    url: UrlOpt = None,
    key_file: KeyOpt = None,
    as_json: JsonOpt = False,
) -> None:
    """Publish a bundle and fetch it, every file checked."""

    def run(client: Client) -> int:
        bundle = what
        if what.startswith("bat_"):
            bundle = client.bundle(what, include="unreviewed" if unreviewed else "approved", platforms=platform, archive=True).id
        files = client.download(bundle, out)
        _out(
            as_json,
            {"event": "downloaded", "bundle": bundle, "files": len(files), "folder": str(out)},
            f"{len(files)} files in {out}",
        )
        return 0

    _with_client(url, key_file, as_json, run)


def _with_client(url: str | None, key_file: Path | None, as_json: bool, run: Callable[[Client], int]) -> None:
    from factory.doors.faults import doorway

    with doorway(as_json=as_json, going_on="The service goes on."):
        with open_client(url, key_file) as client:
            code = run(client)
        raise SystemExit(code)


def _follow(client: Client, batch: str, as_json: bool) -> int:
    for event in client.watch(batch):
        told: Mapping[str, Any] = {
            "event": event.type,
            "seq": event.seq,
            "id": event.id,
            "timestamp": event.timestamp,
            "data": event.data,
        }
        if as_json:
            _out(True, told, "")
        elif event.type == "progress":
            _say(_pace(event.data))
        elif event.type in ("variant.failed", "bundle.failed"):
            _say(f"{event.data.get('variant', '')}: {event.data.get('reason', '')}")
    ended = client.batch(batch)
    if not as_json:
        _out(False, {}, _told(ended))
    return _exit(ended)


def _pace(progress: Mapping[str, Any]) -> str:
    counts, left = progress["counts"], progress["seconds_left"]
    more = f", about {left:.0f} s left" if left else ""
    return f"{progress['state']}: {counts['ready']} of {counts['total']} ready{_failed(counts)}{more}"


def _failed(counts: Mapping[str, int]) -> str:
    return f", {counts['failed']} failed" if counts["failed"] else ""


def _told(batch: BatchInfo) -> str:
    counts = batch.counts
    faults = "".join(f"\n    {e['detail']} {e.get('help') or ''}".rstrip() for e in batch.errors)
    done = f"{counts['ready']}/{counts['total']} ready, {counts['approved']} approved"
    return f"{batch.id}  {batch.state}  {done}{_failed(counts)}{faults}"


def _exit(batch: BatchInfo) -> int:
    """As `factory make`: 0 for all or still at work, 2 for a wrong input, 3 when a variant is missing."""
    return {"failed": 2, "completed_with_errors": 3, "cancelled": 3, "expired": 3}.get(batch.state, 0)


def _out(as_json: bool, event: Mapping[str, Any], words: str) -> None:
    from factory.doors.faults import line

    if as_json:
        line(dict(event))
    else:
        typer.echo(words)


def _say(words: str) -> None:
    """To people, beside the result."""
    sys.stderr.write(words + "\n")


def commands() -> Iterable[typer.models.CommandInfo]:
    """The commands, to be shown among the others of `factory`."""
    return tuple(app.registered_commands)
