"""Results are whole or absent, whatever kills the writer."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.errors import StoreError
from workers.workfolder import WorkFolder, write_aside


@pytest.fixture
def work(tmp_path: Path) -> WorkFolder:
    folder = WorkFolder(tmp_path / ".work")
    folder.prepare()
    return folder


def test_a_kept_result_comes_back(work: WorkFolder) -> None:
    work.put("plate-1", {"b": 2, "a": [1, "ü"]})
    assert work.get("plate-1") == {"a": [1, "ü"], "b": 2}
    assert list(work.jobs()) == ["plate-1"]


def test_a_missing_result_names_its_file_and_the_remedy(work: WorkFolder) -> None:
    with pytest.raises(StoreError, match=r"The result of copy-9 cannot be read .*copy-9\.json.*run the same command"):
        work.get("copy-9")


def test_equal_bytes_are_one_file(work: WorkFolder) -> None:
    assert work.put_blob(b"x", "jpg") == work.put_blob(b"x", "jpg")
    assert work.blob(work.put_blob(b"x", "jpg")) == b"x"


def test_what_a_killed_writer_left_is_swept(work: WorkFolder) -> None:
    left = work.root / "results" / ".plate-1.json.77-ab.part"
    left.write_bytes(b"{")
    work.prepare()
    assert not left.exists()
    assert not work.has("plate-1")


def test_a_result_replaces_an_older_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    write_aside(target, b"one")
    write_aside(target, b"two")
    assert target.read_bytes() == b"two"
    assert [p.name for p in target.parent.iterdir()] == ["file"]
