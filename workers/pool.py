"""Child processes that do jobs: the parent chooses, children run, results are files.

skia holds the interpreter lock while it draws, so composing scales by processes and never by threads.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from factory.flow import Job, first_ready

ATTEMPTS = 2
"""Deaths of a process that a job may cause while it runs alone; then it is told as failed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A job that has ended: `error` is "" when its result is kept."""

    job: Job
    seconds: float
    error: str = ""
    peak_mb: float = 0.0


Runner = Callable[[Job], None]


def run_jobs(jobs: Sequence[Job], done: set[str], enter: Callable[[], Runner], workers: int) -> Iterator[Outcome]:
    """Do all jobs that are not in `done`, `workers` at a time, and tell of each as it ends.

    `enter` is called once in each child and gives the function that does a job and keeps its result. A job whose
    needs failed is told as failed itself.
    """
    done, taken, deaths = set(done), set[str](), Counter[str]()
    suspects: list[Job] = []
    while True:
        pool = _pool(enter, workers)
        running: dict[Future[tuple[str, float, float]], Job] = {}
        try:
            while True:
                _fill(pool, running, jobs, done, taken, suspects, workers)
                if not running:
                    yield from _stranded(jobs, done, taken)
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    outcome = _settle(running[future], future, done)
                    del running[future]
                    yield outcome
        except BrokenProcessPool:
            alone = len(running) == 1
            for job in running.values():
                deaths[job.id] += alone
                if deaths[job.id] < ATTEMPTS:
                    suspects.append(job)
                else:
                    yield Outcome(job=job, seconds=0.0, error="its process died twice (out of memory?)")
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _pool(enter: Callable[[], Runner], workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(enter, os.getpid()))


def _fill(
    pool: ProcessPoolExecutor, running: dict[Future[tuple[str, float, float]], Job], jobs: Sequence[Job],
    done: set[str], taken: set[str], suspects: list[Job], workers: int,
) -> None:
    """Keep the children busy. Jobs that ran when a child died run again alone, so that blame falls on the right one."""
    if suspects and running:
        return
    if suspects:
        alone = suspects.pop(0)
        running[pool.submit(_do, alone)] = alone
        return
    while len(running) < workers and (job := first_ready(jobs, done, taken)):
        taken.add(job.id)
        running[pool.submit(_do, job)] = job


def _settle(job: Job, future: Future[tuple[str, float, float]], done: set[str]) -> Outcome:
    error, seconds, peak = future.result()
    if not error:
        done.add(job.id)
    return Outcome(job=job, seconds=seconds, error=error, peak_mb=peak)


def _stranded(jobs: Sequence[Job], done: set[str], taken: set[str]) -> Iterator[Outcome]:
    for job in jobs:
        if job.id not in done and job.id not in taken:
            missing = next(n for n in job.needs.values() if n not in done)
            yield Outcome(job=job, seconds=0.0, error=f"it needs {missing}, which failed")


# ---------------------------------------------------------------------------------------------- in the child

_STATE: dict[str, Runner] = {}


def _begin(enter: Callable[[], Runner], parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    _STATE["run"] = enter()


def _leave_with(parent: int) -> None:
    """A child whose parent was killed must not linger: nobody would collect its results."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _do(job: Job) -> tuple[str, float, float]:
    """Run one job. One of the two places where any error is caught: a batch outlives a job."""
    start = time.perf_counter()
    try:
        _STATE["run"](job)
        error = ""
    except Exception as caught:
        error = tell(caught)
    return error, time.perf_counter() - start, peak_mb()


def tell(error: BaseException) -> str:
    """An error in one line: its kind, what it says, and where in the code."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({os.path.basename(last.filename)}:{last.lineno})"


def peak_mb() -> float:
    """The most memory that this process has held, MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def thread_limits() -> Mapping[str, str]:
    """Environment for children: one thread each, so that bytes and speed do not depend on the machine's load."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return dict.fromkeys(names, "1") | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
