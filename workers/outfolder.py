"""The folder a batch is made into: whose it is, who works in it now, and what may be cleared from it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from factory.errors import Fault, InputError
from factory.ids import canonical
from workers.workfolder import WorkFolder, write_aside

OURS = ("assets", "manifests", ".work", "batch.json", "run.json", "copy.csv", "contact-sheet.jpg", "index.html", "_SUCCESS")


@dataclass(frozen=True, slots=True)
class OutFolder:
    """OUT of `factory make`."""

    root: Path

    @property
    def work(self) -> WorkFolder:
        """Where stage results lie."""
        return WorkFolder(self.root / ".work")

    @contextmanager
    def claimed(self, identity: Mapping[str, object], *, fresh: bool) -> Iterator[None]:
        """Hold the folder for one batch at a time, and take the marker away while work goes on.

        `identity` names what the batch is made from; another identity's results are refused unless `fresh`.
        Raises InputError for a folder that is busy, foreign or made from something else.
        """
        self._refuse_foreign()
        self.work.root.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if fresh:
                self._clear()
            self._match(identity)
            (self.root / "_SUCCESS").unlink(missing_ok=True)
            self.work.prepare()
            write_aside(self._identity_file, canonical(identity))
            yield

    @property
    def _identity_file(self) -> Path:
        return self.work.root / "made-from.json"

    def _refuse_foreign(self) -> None:
        """Never write among files that are not ours: an existing folder is empty, or one of our batches."""
        if self.root.exists() and not self.root.is_dir():
            _refuse("out.file", f"{self.root} is a file", "Name a folder.")
        foreign = [p.name for p in self.root.iterdir() if p.name not in OURS] if self.root.exists() else []
        if foreign and not self.work.root.is_dir():
            _refuse("out.foreign", f"{self.root} holds files that no batch made ({foreign[0]})", "Name an empty or new folder.")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.work.root / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                _refuse("out.busy", f"Another run is making {self.root}", "Wait for it, or name another folder.")
            yield

    def _match(self, identity: Mapping[str, object]) -> None:
        if not self._identity_file.is_file():
            return
        before = json.loads(self._identity_file.read_text())
        now = json.loads(canonical(identity))
        changed = sorted(k for k in now.keys() | before.keys() if now.get(k) != before.get(k))
        if changed:
            _refuse("out.other", f"{self.root} was made from another {', '.join(changed)}",
                    "Name another folder, or add --fresh to make it anew.")

    def _clear(self) -> None:
        """Remove what we made (the lock stays: it is held)."""
        for name in OURS:
            path = self.root / name
            if name == ".work":
                for inner in path.iterdir():
                    if inner.name != "lock":
                        _remove(inner)
            else:
                _remove(path)

    def place(self, blob: str) -> str:
        """Ship a kept file: into `assets/` under its digest. Returns the path within OUT."""
        target = self.root / "assets" / blob
        if not target.is_file():
            target.parent.mkdir(exist_ok=True)
            part = target.with_name(f".{blob}.{os.getpid()}.part")
            shutil.copyfile(self.work.blob_path(blob), part)
            part.replace(target)
        return f"assets/{blob}"

    def keep_only(self, shipped: set[str]) -> None:
        """`assets/` holds shipped files only: take away what an earlier run left there."""
        for path in (self.root / "assets").glob("*"):
            if f"assets/{path.name}" not in shipped:
                path.unlink()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _refuse(code: str, fact: str, help: str) -> None:
    raise InputError([Fault(code=code, fact=fact, where="--out", help=help)])
