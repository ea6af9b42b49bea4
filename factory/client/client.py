"""The client: what a pipeline does, one method each."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import httpx

from factory.client.downloads import fetch, unpack
from factory.client.records import ENDED, BatchInfo, BundleInfo, Event, KitVersion, VariantInfo
from factory.client.wire import RejectedError, UnreachableError, Wire, pause
from factory.errors import Fault, InputError, StoreError
from factory.ids import digest_bytes

BULK: Final = 500
LONG_POLL_S: Final = 30
QUIET_S: Final = 45.0
"""A stream that says nothing for so long is dead: a ping comes every 15 s."""


class Client:
    """The batch API of one installation. Safe for threads. Requests are sent again when that is safe.

    Every method raises `RejectedError` (an InputError with all faults) for what the service refuses and `UnreachableError` when
    it does not answer.
    """

    def __init__(
        self, url: str, key: str, *, attempts: int = 6, timeout: float = 30.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.wire = Wire(url, key, attempts=attempts, timeout=timeout, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close connections."""
        self.wire.close()

    def whoami(self) -> Mapping[str, Any]:
        """The key's name and roles."""
        return self._get("/v1/whoami")

    # ------------------------------------------------------------------------------------------- what goes in

    def upload(self, kind: str, file: Path | bytes, name: str = "") -> Mapping[str, Any]:
        """Send a picture, or a kit as zip (`kind` "picture" or "kit"). Returns the completed upload with its facts."""
        data = file if isinstance(file, bytes) else file.read_bytes()
        title = name or (file.name if isinstance(file, Path) else kind)
        made = self._post("/v1/uploads", {"kind": kind, "name": title})
        self._send(made["form"], data)
        done: Mapping[str, Any] = self.wire.ask("POST", f"/v1/uploads/{made['id']}/complete", again=True).json()
        return done

    def _send(self, form: Mapping[str, Any], data: bytes) -> None:
        last = ""
        for number in range(self.wire.attempts):
            try:
                got = self.wire.plain.post(
                    form["url"], data=form["fields"], files={"file": ("file", data, "application/octet-stream")}, timeout=300
                )
            except httpx.TransportError as error:
                last = str(error)
            else:
                if got.status_code < 300:
                    return
                last = f"HTTP {got.status_code}: {got.text[:200]}"
                if got.status_code < 500:
                    break
            pause(number)
        raise UnreachableError(f"The bucket did not take the file: {last}", code="client.upload", help="See `factory doctor`.")

    def kit(self, folder: Path, name: str = "") -> KitVersion:
        """The brand version of a kit's folder; an equal kit that is there already is not made again."""
        from factory.kitzip import pack

        upload = self.upload("kit", pack(folder), f"{folder.name or 'kit'}.zip")
        title = name or str(upload["facts"]["kit_name"])
        brand = self._brand(title)
        if brand is None:
            try:
                return KitVersion.of(self._post("/v1/brands", {"upload": upload["id"], "name": title})["version"])
            except RejectedError as refused:
                brand = self._brand(title) if refused.code == "brand.taken" else None
                if brand is None:
                    raise
        return KitVersion.of(self._post(f"/v1/brands/{brand}/versions", {"upload": upload["id"]}))

    def _brand(self, name: str) -> str | None:
        found = self._get("/v1/brands", name=name)["data"]
        return str(found[0]["id"]) if found else None

    def brief(self, path: Path, kit: KitVersion) -> str:
        """Send a brief, YAML or JSON, with the pictures that lie beside it. Returns its id."""
        text = path.read_text(encoding="utf-8")
        pictures = [f"{name}={self.upload('picture', path.parent / name)['id']}" for name in _pictures(text, path.parent)]
        kind = "application/json" if path.suffix.lower() == ".json" else "application/yaml"
        got = self.wire.ask(
            "POST",
            "/v1/briefs",
            content=text.encode(),
            headers={"Content-Type": kind},
            params={"brand": kit.brand, "brand_version": kit.version, "picture": pictures},
        )
        return str(got.json()["id"])

    def brief_text(self, brief: str) -> str:
        """A brief that was sent, as it was written."""
        return str(self._get(f"/v1/briefs/{brief}")["body"])

    def validate(self, brief: str, **options: Any) -> Mapping[str, Any]:
        """`valid`, every fault, and a quote (variants, seconds, money) of a brief that was sent."""
        got: Mapping[str, Any] = self.wire.ask("POST", f"/v1/briefs/{brief}:validate", json=options, again=True).json()
        return got

    # ------------------------------------------------------------------------------------------- batches

    def submit(self, brief: str, *, idempotency_key: str = "", **options: Any) -> BatchInfo:
        """Start a batch. Options: variants, max_variants, seed, video, priority, deadline_s, custom_id, metadata.

        With a key of your own, the same call made again (by another process too) gives the same batch.
        """
        body = {"brief": brief, **{k: v for k, v in options.items() if v is not None}}
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
        return BatchInfo.of(self.wire.ask("POST", "/v1/batches", json=body, headers=headers).json())

    def submit_many(self, rows: Iterable[Mapping[str, Any]], *, idempotency_key: str = "") -> dict[str, str]:
        """Start a batch for each row, all or none. A row has a `custom_id`, a `brief` and options of `submit`.

        Returns the batches' ids by custom_id.
        """
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
        got = self.wire.ask("POST", "/v1/batches:many", json={"rows": [dict(row) for row in rows]}, headers=headers)
        return {row["custom_id"]: row["id"] for row in got.json()["data"]}

    def batch(self, batch: str) -> BatchInfo:
        """A batch as it is now."""
        return BatchInfo.of(self._get(f"/v1/batches/{batch}"))

    def batches(self, **filters: Any) -> Iterator[BatchInfo]:
        """Batches, newest first; filters: state, brief, custom_id."""
        return (BatchInfo.of(row) for row in self._pages("/v1/batches", filters))

    def wait(self, batch: str, seconds: float | None = None) -> BatchInfo:
        """Wait until a batch has ended, at most so many seconds. Raises TimeoutError."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            left = LONG_POLL_S if until is None else min(LONG_POLL_S, until - time.monotonic())
            if left < 0:
                raise TimeoutError(f"{batch} has not ended within {seconds} s")
            got = self.wire.ask("GET", f"/v1/batches/{batch}", headers={"Prefer": f"wait={int(left)}"}, timeout=LONG_POLL_S + 30)
            out = BatchInfo.of(got.json())
            if out.ended:
                return out
            time.sleep(0 if left >= 1 else 0.1)

    def watch(self, batch: str, after: int = 0) -> Iterator[Event]:
        """Events of a batch until it has ended, each once and in order, over broken connections; and its progress."""
        seen, state, broken = after, "", 0
        while True:
            try:
                for event in self._follow(batch, seen):
                    seen, broken = event.seq or seen, 0
                    state = event.data["state"] if event.type == "progress" else state
                    yield event
                if state in ENDED:  # and the stream was closed by the other side: everything is told
                    return
            except httpx.TransportError as error:
                broken += 1
                if broken > self.wire.attempts:
                    raise UnreachableError(
                        f"The stream of {batch} broke: {error}", code="client.stream", help="See `factory doctor`."
                    ) from error
            pause(broken)

    def _follow(self, batch: str, seen: int) -> Iterator[Event]:
        headers = {"Last-Event-ID": str(seen), "Accept": "text/event-stream"}
        with self.wire.stream(f"/v1/batches/{batch}/events", headers, {"until": "ended"}, QUIET_S) as got:
            for fields in _messages(got.iter_lines()):
                body = json.loads(fields["data"])
                if fields.get("event") == "progress":
                    yield Event(seq=None, type="progress", data=body)
                else:
                    yield Event(seq=int(fields["id"]), **body)

    def cancel(self, batch: str) -> BatchInfo:
        """Stop a batch; what was made is kept."""
        return BatchInfo.of(self.wire.ask("POST", f"/v1/batches/{batch}:cancel", again=True).json())

    def retry_failed(self, batch: str) -> BatchInfo:
        """Try once more what failed."""
        return BatchInfo.of(self.wire.ask("POST", f"/v1/batches/{batch}:retry-failed", again=False).json())

    def errors(self, batch: str) -> Sequence[Mapping[str, Any]]:
        """What went wrong, by cause."""
        found: Sequence[Mapping[str, Any]] = self._get(f"/v1/batches/{batch}/errors")["data"]
        return found

    # ------------------------------------------------------------------------------------------- review

    def variants(self, batch: str, **filters: Any) -> Iterator[VariantInfo]:
        """A batch's variants as planned; filters: state, review, verdict, kind, placement, locale, concept, tribe."""
        return (VariantInfo.of(row) for row in self._pages("/v1/variants", {"batch": batch, **filters}))

    def variant(self, variant: str) -> VariantInfo:
        """A variant as it stands."""
        return VariantInfo.of(self._get(f"/v1/variants/{variant}"))

    def decide(
        self, variants: Iterable[VariantInfo], verdict: str, *, reason: str = "", comment: str = ""
    ) -> Sequence[Mapping[str, Any]]:
        """The same verdict on the versions that were seen. Returns how each went: decided, unchanged, refused (with a code)."""
        results: list[Mapping[str, Any]] = []
        rows = (
            {"variant": v.id, "version": v.version, "verdict": verdict, "reason": reason, "comment": comment} for v in variants
        )
        while chunk := list(itertools.islice(rows, BULK)):
            results += self._post("/v1/decisions", {"decisions": chunk})["data"]
        return results

    def approve(self, variants: Iterable[VariantInfo], *, comment: str = "") -> Sequence[Mapping[str, Any]]:
        """Approve the versions that were seen."""
        return self.decide(variants, "approved", comment=comment)

    def reject(self, variants: Iterable[VariantInfo], *, reason: str = "", comment: str = "") -> Sequence[Mapping[str, Any]]:
        """Reject the versions that were seen."""
        return self.decide(variants, "rejected", reason=reason, comment=comment)

    def edit(self, variant: VariantInfo, texts: Mapping[str, str]) -> VariantInfo:
        """Write other words over the version that was seen: a new one, composed at once. RejectedError 412 if another stands."""
        got = self.wire.ask(
            "PATCH",
            f"/v1/variants/{variant.id}",
            json={"texts": dict(texts)},
            again=False,
            headers={"If-Match": f'"{variant.version}"'},
        )
        return VariantInfo.of(got.json())

    def made(self, variant: str, seconds: float = 60.0) -> VariantInfo:
        """Wait until an edited variant is composed. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while (found := self.variant(variant)).state == "rendering":
            if time.monotonic() > until:
                raise TimeoutError(f"{variant} was not composed within {seconds:g} s")
            time.sleep(0.2)
        return found

    # ------------------------------------------------------------------------------------------- bundles

    def bundle(
        self,
        batch: str,
        variants: Iterable[str] | None = None,
        *,
        include: str = "approved",
        platforms: Sequence[str] | None = None,
        placements: Sequence[str] | None = None,
        archive: bool = False,
    ) -> BundleInfo:
        """Publish what was approved, or these variants of it. The same selection is the same bundle."""
        body = {
            "batch": batch,
            "include": include,
            "archive": archive,
            "variants": None if variants is None else list(variants),
            "platforms": platforms and list(platforms),
            "placements": placements and list(placements),
        }
        return BundleInfo.of(self._post("/v1/bundles", {k: v for k, v in body.items() if v is not None}))

    def bundle_info(self, bundle: str) -> BundleInfo:
        """A bundle as it is now."""
        return BundleInfo.of(self._get(f"/v1/bundles/{bundle}"))

    def published(self, bundle: str, seconds: float = 600.0) -> BundleInfo:
        """Wait until a bundle is published, and zipped if that was asked for. Raises StoreError when it failed, TimeoutError."""
        until = time.monotonic() + seconds
        for number in itertools.count():
            found = self.bundle_info(bundle)
            if found.state in ("failed", "recalled") or found.archive["state"] == "failed":
                raise StoreError(
                    f"The bundle is {found.state}: {found.error or 'its archive could not be made'}",
                    code="client.bundle",
                    where=bundle,
                    help="Ask for it again.",
                )
            if found.state == "published" and found.archive["state"] in ("", "ready"):
                return found
            if time.monotonic() > until:
                raise TimeoutError(f"{bundle} was not published within {seconds:g} s")
            time.sleep(min(2.0, 0.1 * 1.3**number))
        raise AssertionError

    def download(self, bundle: str, folder: Path) -> list[Path]:
        """Fetch a bundle's archive into a folder that is new or empty. Every file is held against its digest.

        Raises StoreError for a file that is not what the bundle says; nothing is left then.
        """
        info = self.published(bundle)
        if not info.archive["sha256"]:
            raise InputError(
                [
                    Fault(
                        code="client.archive",
                        fact="The bundle has no archive",
                        where=bundle,
                        help="Ask for it with archive=True.",
                    )
                ]
            )
        if folder.exists() and any(folder.iterdir()):
            raise InputError(
                [Fault(code="client.folder", fact="The folder is not empty", where=str(folder), help="Choose a new one.")]
            )
        part = fetch(self.wire, f"/v1/bundles/{bundle}/download", folder, str(info.archive["sha256"]))
        try:
            return unpack(part, folder)
        finally:
            part.unlink(missing_ok=True)

    def recall(self, bundle: str, reason: str) -> BundleInfo:
        """Tell every reader to use a bundle no more."""
        return BundleInfo.of(self.wire.ask("POST", f"/v1/bundles/{bundle}:recall", json={"reason": reason}, again=True).json())

    def save(self, variant: VariantInfo, path: Path) -> Path:
        """Write a variant's file. Raises StoreError when it is not what its digest says."""
        file = variant.file
        if file is None:
            raise InputError([Fault(code="client.file", fact="The variant was not made", where=variant.id)])
        link = self.wire.ask("GET", f"/v1/files/{file.name}").headers["location"]
        data = self.wire.plain.get(link).raise_for_status().content
        if digest_bytes(data) != file.sha256:
            raise StoreError("A file is not what its name says", code="client.digest", where=file.name)
        path.write_bytes(data)
        return path

    # ------------------------------------------------------------------------------------------- the rest

    def _get(self, path: str, **params: Any) -> Mapping[str, Any]:
        got: Mapping[str, Any] = self.wire.ask("GET", path, params={k: v for k, v in params.items() if v is not None}).json()
        return got

    def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        got: Mapping[str, Any] = self.wire.ask("POST", path, json=body).json()
        return got

    def _pages(self, path: str, filters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        cursor: str | None = None
        while True:
            page = self._get(path, limit=200, cursor=cursor, **filters)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _pictures(text: str, folder: Path) -> list[str]:
    """Pictures that a brief names by a path beside it; names of the kit's own pictures are no files."""
    import yaml

    try:
        product = (yaml.safe_load(text) or {}).get("product") or {}
        names = [str(n) for n in product.get("pictures") or ()]
    except (yaml.YAMLError, AttributeError, TypeError):
        return []  # the service tells what is wrong with it
    return [n for n in dict.fromkeys(names) if not Path(n).is_absolute() and ".." not in Path(n).parts and (folder / n).is_file()]


def _messages(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Server-sent events: fields of each message that has data. Comments are pings."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line:
            if "data" in fields:
                yield fields
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and "data" in fields else value
