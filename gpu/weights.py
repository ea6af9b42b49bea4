"""Where weights come from: folders only, safetensors only, no code of strangers, nothing fetched.

A model's name or hub id is not enough: a hub id can change under us, and this machine may have no network. So only
a row of the catalogue that ships its folder, or a folder that a person names, is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gpu import catalog
from gpu.errors import WeightsError

INDEX = "model_index.json"
PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
"""Kinds of weight files that run code when they are opened."""
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+\Z")
BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A folder of weights that may be opened. `pipeline` is the diffusers class that its index names."""

    path: Path
    pipeline: str
    spec: catalog.ModelSpec | None


def find(name: str) -> Folder:
    """The folder behind a catalogue name or a path, looked through. Raises WeightsError, which says what to give."""
    path = Path(name).expanduser()
    if path.is_dir():
        return inspect(path)
    spec = catalog.find(name)
    if spec is not None and spec.path is not None:
        return inspect(spec.path)
    if spec is not None or (HUB_ID.match(name) and not path.is_absolute() and not name.startswith(".")):
        raise _unpinned(name, spec)
    known = ", ".join(s.name for s in catalog.MODELS if s.folder)
    raise WeightsError(
        f"There is no folder '{name}'", code="weights_missing", where="--image-model",
        help=f"Give a folder in diffusers format (it holds {INDEX}), or a model of the package: {known}.",
    )  # fmt: skip


def _unpinned(name: str, spec: catalog.ModelSpec | None) -> WeightsError:
    repo = name if spec is None else spec.repo or name
    fact = f"'{name}' names weights on a hub that nobody has pinned here; nothing is downloaded"
    remedy = f"Download a revision of {repo} that you trust to a folder, read its licence, and give that folder"
    return WeightsError(fact, code="weights_unpinned", where="--image-model", help=f"{remedy}: --image-model DIR.")


def inspect(path: Path) -> Folder:
    """Look through a folder without opening any weights. Raises WeightsError for what is not to be opened."""
    index = _index(path)
    pipeline = index.get("_class_name")
    strangers = sorted(str(f.relative_to(path)) for f in path.rglob("*.py"))
    if strangers or not isinstance(pipeline, str):
        raise WeightsError(
            "The model brings code of its own, which is not run", code="weights_code",
            where=strangers[0] if strangers else INDEX, help="Use a folder whose classes are those of diffusers.",
        )  # fmt: skip
    _refuse_pickles(path)
    spec = next((s for s in catalog.MODELS if s.pipeline == pipeline), None)
    return Folder(path=path, pipeline=pipeline, spec=spec)


def _index(path: Path) -> dict[str, Any]:
    """What a folder's index says."""
    file = path / INDEX
    if not file.is_file():
        raise WeightsError(
            f"The folder has no {INDEX}", code="weights_format", where=str(path),
            help="Give a folder in diffusers format: one that `save_pretrained` of a pipeline has written.",
        )  # fmt: skip
    try:
        index = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WeightsError(
            f"{INDEX} is not JSON: {error}", code="weights_format", where=str(file), help="Download the folder anew."
        ) from error
    if not isinstance(index, dict):
        raise WeightsError(f"{INDEX} holds no table", code="weights_format", where=str(file))
    return index


def _refuse_pickles(path: Path) -> None:
    """Pickled weights are left alone beside safetensors, and refused where they are all there is."""
    for file in sorted(f for f in path.rglob("*") if f.suffix in PICKLES):
        if not any(file.parent.glob("*.safetensors")):
            raise WeightsError(
                "Weights are pickled; opening them could run any code", code="weights_pickled",
                where=str(file.relative_to(path)), help="Use the model's .safetensors files.",
            )  # fmt: skip


def digest(path: Path) -> str:
    """SHA-256 over the names and contents of a folder's files, as hex; read once for each state of the folder."""
    files = sorted(f for f in path.rglob("*") if f.is_file() and not f.name.startswith("."))
    state = tuple((str(f.relative_to(path)), f.stat().st_size, f.stat().st_mtime_ns) for f in files)
    return _digest(path, state)


@lru_cache(maxsize=8)
def _digest(path: Path, state: tuple[tuple[str, int, int], ...]) -> str:
    whole = hashlib.sha256()
    for name, _, _ in state:
        whole.update(f"{name}\0{_file_digest(path / name)}\n".encode())
    return whole.hexdigest()


def _file_digest(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def stay_offline() -> None:
    """Tell the libraries, before they are first loaded, to reach for nothing and to keep their chatter to errors."""
    os.environ["DIFFUSERS_VERBOSITY"] = "error"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
