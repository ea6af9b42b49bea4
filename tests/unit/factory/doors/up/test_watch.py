"""The watch over children, with small programs in the place of servers."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from factory.doors.up import marks, process
from factory.doors.up.parts import Part, says_ready
from factory.doors.up.watch import MANY, Watch, ended_how, rotate, tail

LIVE = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"


class Clock:
    """Real time that tests can put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class Bench:
    """A watch with its folders and what it told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told, self.clock = folder, [""], Clock()
        self.told.clear()
        self.watch = Watch(folder, folder, self.told.append, clock=self.clock)

    def part(self, name: str, code: str, grace_s: float = 5.0) -> Part:
        log = self.folder / f"{name}.log"
        return Part(name=name, argv=lambda: [sys.executable, "-I", "-S", "-c", code], env=dict, ready=lambda before: says_ready(log, before), grace_s=grace_s)

    def until(self, true: Callable[[], bool], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.told
            self.watch.tick()
            time.sleep(0.01)

    def state(self, name: str) -> str:
        return self.watch.children[name].state


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.watch.stop(list(made.watch.children), lambda: True)


def test_a_part_is_running_once_it_says_so(bench: Bench) -> None:
    bench.watch.start([bench.part("one", LIVE)])
    assert bench.state("one") == "starting"
    bench.until(lambda: bench.state("one") == "running")
    assert [m.part for m in marks.read_all(bench.folder)] == ["one"]
    assert "one" in bench.told[0]


def test_a_part_that_dies_is_started_again_and_told(bench: Bench) -> None:
    bench.watch.start([bench.part("one", LIVE)])
    bench.until(lambda: bench.state("one") == "running")
    before = bench.watch.children["one"].pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    bench.until(lambda: bench.watch.children["one"].pid not in {None, before} and bench.state("one") == "running")
    assert any("SIGKILL" in told for told in bench.told)


def test_a_part_that_dies_all_the_time_is_told_once_and_the_others_go_on(bench: Bench) -> None:
    bench.watch.start([bench.part("bad", "print('no such file'); raise SystemExit(3)"), bench.part("good", LIVE)])
    bench.until(lambda: bench.state("bad") == "failing" and bench.state("good") == "running")
    plain = [told for told in bench.told if f"{MANY} times within a minute" in told]
    assert len(plain) == 1
    assert "exit 3" in plain[0]
    assert "no such file" in plain[0]
    deaths = len((bench.folder / "bad.log").read_text().splitlines())
    bench.clock.ahead = 16
    bench.until(lambda: len((bench.folder / "bad.log").read_text().splitlines()) > deaths and bench.state("bad") == "failing")
    assert len([told for told in bench.told if f"{MANY} times within a minute" in told]) == 1


def test_pauses_grow_with_deaths(bench: Bench) -> None:
    bench.watch.start([bench.part("bad", "raise SystemExit(1)")])
    pauses = []
    for _ in range(3):
        bench.until(lambda: bench.state("bad") == "pausing")
        child = bench.watch.children["bad"]
        pauses.append(round(child.next_try - child.deaths[-1], 1))
        bench.clock.ahead += pauses[-1]
        bench.until(lambda: bench.state("bad") != "pausing")
    assert pauses == [0.0, 0.5, 1.0]


def test_a_part_that_cannot_be_prepared_again_is_one_more_death(bench: Bench) -> None:
    calls = []

    def prepare() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("disk is full")

    part = bench.part("one", LIVE)
    from dataclasses import replace

    bench.watch.start([replace(part, prepare=prepare)])
    bench.until(lambda: bench.state("one") == "running")
    os.kill(bench.watch.children["one"].pid or 0, signal.SIGKILL)
    bench.until(lambda: len(calls) == 3 and bench.state("one") == "running")
    assert any("disk is full" in told for told in bench.told)


def test_stopping_waits_for_a_part_and_kills_it_when_its_patience_ends(bench: Bench) -> None:
    bench.watch.start([bench.part("one", STUBBORN, grace_s=0.3), bench.part("two", LIVE)])
    bench.until(lambda: bench.state("one") == bench.state("two") == "running")
    pids = [c.pid or 0 for c in bench.watch.children.values()]
    bench.watch.stop(["one", "two"])
    assert [marks.started(pid) for pid in pids] == [None, None]
    assert marks.read_all(bench.folder) == []


def test_impatience_kills_at_once(bench: Bench) -> None:
    bench.watch.start([bench.part("one", STUBBORN, grace_s=600)])
    bench.until(lambda: bench.state("one") == "running")
    pid = bench.watch.children["one"].pid or 0
    bench.watch.stop(["one"], lambda: True)
    assert marks.started(pid) is None


def test_what_a_killed_part_leaves_in_its_session_goes_with_it(bench: Bench) -> None:
    family = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-I', '-S', '-c', {LIVE!r}]); print('child', p.pid, flush=True); p.wait()"
    bench.watch.start([bench.part("one", family)])
    bench.until(lambda: bench.state("one") == "running")
    child = next(int(line.split()[1]) for line in (bench.folder / "one.log").read_text().splitlines() if line.startswith("child"))
    os.kill(bench.watch.children["one"].pid or 0, signal.SIGKILL)
    bench.until(lambda: marks.started(child) is None)


def test_readiness_looks_only_at_what_was_written_since(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("ready\n")
    assert says_ready(log, 0)
    assert not says_ready(log, 6)
    assert not says_ready(tmp_path / "none.log", 0)


def test_a_long_log_is_put_aside_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with log.open("ab") as writer:
        for n in range(5):
            writer.write(f"{n}\n".encode() * 60)
            writer.flush()
            assert rotate(log, most=100, kept=3)
        writer.write(b"end\n")
    assert log.read_text() == "end\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.log", "a.log.1", "a.log.2", "a.log.3"]
    assert (tmp_path / "a.log.1").read_text().startswith("4\n")
    assert not rotate(log, most=100)


def test_the_end_of_a_log_is_shown_indented(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("\n".join(str(n) for n in range(100)))
    assert tail(log, 2) == "    98\n    99"
    assert tail(tmp_path / "none") == ""


def test_exit_codes_have_names() -> None:
    assert [ended_how(c) for c in (0, 3, -9, -200)] == ["exit 0", "exit 3", "SIGKILL", "signal 200"]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_child_gets_its_signal_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\nfrom pathlib import Path\nfrom factory.doors.up import process\n"
        f"c = process.start([sys.executable, '-I', '-S', '-c', {LIVE!r}], env={{}}, log=Path({str(tmp_path / 'log')!r}), stop_signal=signal.SIGINT)\n"
        f"print(c.pid, flush=True); time.sleep(60)"
    )
    import subprocess

    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert marks.started(child)
        parent.kill()
    end = time.monotonic() + 10
    while marks.started(child):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_server_sees_little_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "secret")
    assert "SOME_TOKEN" not in process.basic_environ()
    assert "PATH" in process.basic_environ()


def test_a_part_that_hangs_at_its_start_is_killed_and_tried_anew(bench: Bench) -> None:
    bench.watch.start([bench.part("one", "import time; time.sleep(60)")])
    before = bench.watch.children["one"].pid
    bench.clock.ahead = 91
    bench.until(lambda: bench.watch.children["one"].pid not in {None, before})
    assert any("SIGKILL" in told for told in bench.told)
