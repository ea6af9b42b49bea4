"""Whose a folder is, and what may be cleared from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.errors import InputError
from workers.outfolder import OutFolder

IDENTITY = {"brief": "b", "seed": 0}


def test_a_new_folder_is_claimed(tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    with out.claimed(IDENTITY, fresh=False):
        assert (out.root / ".work" / "results").is_dir()


def test_a_folder_with_other_peoples_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("x")
    with pytest.raises(InputError, match="holds files that no batch made"), OutFolder(tmp_path).claimed(IDENTITY, fresh=True):
        pass
    assert (tmp_path / "thesis.doc").read_text() == "x"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(InputError, match="is a file"), OutFolder(tmp_path / "x").claimed(IDENTITY, fresh=False):
        pass


def test_a_batch_made_from_another_brief_is_refused_and_named(tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    with out.claimed(IDENTITY, fresh=False):
        pass
    with pytest.raises(InputError, match="made from another brief, seed"), out.claimed({"brief": "c", "seed": 1}, fresh=False):
        pass


def test_fresh_clears_what_we_made_and_only_that(tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    with out.claimed(IDENTITY, fresh=False):
        out.work.put("plate-1", {})
    (out.root / "notes.txt").write_text("mine")
    with out.claimed({"brief": "c", "seed": 1}, fresh=True):
        assert not out.work.has("plate-1")
    assert (out.root / "notes.txt").read_text() == "mine"


def test_the_marker_is_away_while_work_goes_on(tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    with out.claimed(IDENTITY, fresh=False):
        (out.root / "_SUCCESS").write_text("{}")
    with out.claimed(IDENTITY, fresh=False):
        assert not (out.root / "_SUCCESS").exists()


def test_two_runs_never_share_a_folder(tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    with out.claimed(IDENTITY, fresh=False), pytest.raises(InputError, match="Another run"), out.claimed(IDENTITY, fresh=False):
        pass


def test_assets_hold_shipped_files_only(tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    with out.claimed(IDENTITY, fresh=False):
        kept, old = (out.place(out.work.put_blob(data, "jpg")) for data in (b"kept", b"old"))
        out.keep_only({kept})
    assert [p.name for p in (out.root / "assets").iterdir()] == [Path(kept).name]
    assert old != kept
