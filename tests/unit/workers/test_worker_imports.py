"""What a worker's modules bring with them when they are loaded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = ("torch", "diffusers", "transformers", "skia", "cv2", "boto3", "moviepy", "fastapi")


def loaded_by(*names: str, also: tuple[str, ...] = ()) -> set[str]:
    code = f"import sys\nfor n in {names!r}: __import__(n)\nprint(*(h for h in {(*HEAVY, *also)!r} if h in sys.modules))"
    env = {k: v for k, v in os.environ.items() if not k.startswith("FACTORY_")}
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout.split())


def test_the_parent_of_celery_loads_no_torch_and_reads_no_settings() -> None:
    assert loaded_by("workers.app", "workers.tasks", "workers.relay", "workers.health") == set()


@pytest.mark.parametrize("name", ["workers.lease", "workers.service", "workers.reaper", "workers.health", "workers.desk", "workers.remote"])
def test_work_is_done_without_celery(name: str) -> None:
    assert loaded_by(name, also=("celery", "kombu")) == set()
