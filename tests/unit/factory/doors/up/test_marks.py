"""Who runs: process files, leftovers, the lock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from factory.doors.up import marks
from factory.errors import RefusedError

SLEEP = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    back = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731  (tests run in the background have it ignored)
    with subprocess.Popen(SLEEP, start_new_session=True, preexec_fn=back) as child:  # noqa: PLW1509
        yield child
        child.kill()


def test_a_process_is_known_by_number_and_start(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    marks.write(tmp_path, "one", sleeper.pid)
    (mark,) = marks.read_all(tmp_path)
    assert marks.is_alive(mark)
    assert (tmp_path / "one.pid.json").stat().st_mode & 0o077 == 0


def test_a_number_that_went_to_another_process_is_not_ours_and_left_alone(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    mark = {"part": "one", "pid": sleeper.pid, "started": "long ago", "stop_signal": int(signal.SIGKILL)}
    (tmp_path / "one.pid.json").write_text(json.dumps(mark))
    assert marks.clear_leftovers(tmp_path, tmp_path) == []
    assert sleeper.poll() is None
    assert marks.read_all(tmp_path) == []


def test_leftovers_are_asked_with_their_own_signal(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    marks.write(tmp_path, "one", sleeper.pid, signal.SIGINT)
    assert marks.clear_leftovers(tmp_path, tmp_path) == ["one"]
    assert sleeper.wait(5) in {-signal.SIGINT, 1}  # Python ends by KeyboardInterrupt or by the signal itself


def test_a_leftover_that_does_not_end_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", code], start_new_session=True, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        marks.write(tmp_path, "one", child.pid)
        assert marks.clear_leftovers(tmp_path, tmp_path, grace_s=0.2) == ["one"]
        assert child.wait(5) == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="sessions are read from /proc")
@pytest.mark.parametrize("ours", [True, False])
def test_children_of_a_dead_leader_are_killed_only_if_they_carry_our_home(tmp_path: Path, ours: bool) -> None:
    code = f"import subprocess; print(subprocess.Popen({SLEEP!r}).pid, flush=True); input()"
    environ = dict(os.environ) | ({"FACTORY_HOME": str(tmp_path)} if ours else {"FACTORY_HOME": "elsewhere"})
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True, env=environ, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as leader:
        assert leader.stdout is not None
        child = int(leader.stdout.readline())
        marks.write(tmp_path, "one", leader.pid)
        leader.kill()
    assert marks.clear_leftovers(tmp_path, tmp_path) == (["one"] if ours else [])
    if not ours:
        assert marks.started(child)
        os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 5
    while marks.started(child):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_damaged_process_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.pid.json").write_text("{")
    (tmp_path / "two.pid.json").write_text('{"what": 1}')
    assert marks.read_all(tmp_path) == []


def test_one_supervisor_at_a_time(tmp_path: Path) -> None:
    assert marks.supervisor(tmp_path) is None
    with marks.sole_supervisor(tmp_path):
        assert marks.supervisor(tmp_path) == os.getpid()
        with pytest.raises(RefusedError, match=f"process {os.getpid()}"), marks.sole_supervisor(tmp_path):
            pass
    assert marks.supervisor(tmp_path) is None
    with marks.sole_supervisor(tmp_path):
        pass


def test_the_dead_have_no_start(sleeper: subprocess.Popen[bytes]) -> None:
    assert marks.started(sleeper.pid)
    sleeper.kill()
    end = time.monotonic() + 5
    while marks.started(sleeper.pid):  # a zombie is dead, though its number is still taken
        assert time.monotonic() < end
    assert sleeper.wait() == -signal.SIGKILL
