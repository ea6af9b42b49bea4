"""What this machine has to run models on. Asked once, at first use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

CARD_NODES = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""Device files of drivers that a CUDA (or ROCm) build of torch can talk to: without one, torch is not even asked."""
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A place to run a model. `memory` is in GiB: of the card, or what this process may use of the machine."""

    kind: Literal["cuda", "cpu"]
    name: str
    memory: float
    precision: Literal["bfloat16", "float16", "float32"]
    threads: int


@lru_cache(maxsize=1)
def here() -> Device:
    """The best device of this machine: the first CUDA card that works, else the processor."""
    if any(Path(node).exists() for node in CARD_NODES):
        card = _card()
        if card is not None:
            return card
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Device(kind="cpu", name="processor", memory=_memory(), precision="float32", threads=threads)


def _card() -> Device | None:
    import torch

    if not torch.cuda.is_available():
        return None
    facts = torch.cuda.get_device_properties(0)
    precision: Literal["bfloat16", "float16"] = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    memory = facts.total_memory / 2**30
    return Device(kind="cuda", name=facts.name, memory=round(memory, 1), precision=precision, threads=1)


def _memory() -> float:
    """GiB of memory that this process may use: the machine's, or its control group's limit."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = CGROUP_LIMIT.read_text(encoding="ascii").strip() if CGROUP_LIMIT.is_file() else "max"
    allowed = total if limit == "max" else min(total, int(limit))
    return round(allowed / 2**30, 1)


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread: sums are then taken in one order, and bytes do not depend on the number of cores."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
