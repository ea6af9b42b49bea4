"""Jobs in child processes: order, failure, death."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from factory.flow import Job
from workers.pool import run_jobs


def job(name: str, stage: str = "plate", order: int = 0, **needs: str) -> Job:
    return Job(id=name, stage=stage, args={}, needs=needs, order=order)


def enter(folder: Path) -> Callable[[Job], None]:
    def run(job: Job) -> None:
        if job.id.startswith("wrong"):
            raise ValueError("no such light")
        if job.id.startswith("dies"):
            with (folder / job.id).open("a") as file:
                file.write("x")
            os._exit(9)
        (folder / job.id).write_text("done")

    return run


def outcomes(folder: Path, *jobs: Job, done: set[str] | None = None) -> dict[str, str]:
    return {o.job.id: o.error for o in run_jobs(jobs, done or set(), partial(enter, folder), 2)}


def test_jobs_are_done_after_what_they_need(tmp_path: Path) -> None:
    ended = [o.job.id for o in run_jobs([job("c", "compose", plate="p"), job("p")], set(), partial(enter, tmp_path), 2)]
    assert ended == ["p", "c"]


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    assert outcomes(tmp_path, job("p"), job("c", "compose", plate="p"), done={"p"}) == {"c": ""}
    assert not (tmp_path / "p").exists()


def test_a_failed_job_is_told_with_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    told = outcomes(tmp_path, job("wrong"), job("c", "compose", plate="wrong"), job("p"))
    assert told["p"] == ""
    assert told["wrong"].startswith("ValueError: no such light (test_pool.py:")
    assert told["c"] == "it needs wrong, which failed"


def test_a_job_whose_process_dies_is_tried_twice_and_then_given_up(tmp_path: Path) -> None:
    told = outcomes(tmp_path, job("dies"), job("p", order=1))
    assert "died twice" in told["dies"]
    assert 2 <= len((tmp_path / "dies").read_text()) <= 3
    assert told["p"] == ""
