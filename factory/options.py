"""What a person may set on the command line of `factory make`, as one record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class MakeOptions:
    """How a batch is made. None means that the brief, the kit or the machine decides.

    `variants` overrides the brief's number of image and video variants; `image_model` names a diffusers model or a
    folder, `copy_model` a language model by name, folder or URL ("none" switches drafts off); `jobs` is the number of
    processes; `fresh` throws away what an earlier run with other inputs left in `out`.
    """

    brief: Path
    kit: Path
    out: Path
    variants: int | None = None
    seed: int = 0
    image_model: str | None = None
    copy_model: str | None = None
    video: bool = True
    jobs: int | None = None
    fresh: bool = False
