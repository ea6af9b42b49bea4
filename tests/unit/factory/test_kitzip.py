"""Kits on the way: equal folders, equal bytes; the kit that arrives is the kit that left."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from brand_kits.load import load_kit
from factory.errors import InputError
from factory.kitzip import pack, unpack, unpack_file
from factory.zips import entry, zipped

VESPER = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"


@pytest.fixture(scope="module")
def packed() -> bytes:
    return pack(VESPER)


def test_a_kit_keeps_its_digest(packed: bytes, tmp_path: Path) -> None:
    unpack(packed, tmp_path / "kit")
    assert load_kit(tmp_path / "kit").digest == load_kit(VESPER).digest


def test_packed_unpacked_and_packed_again_it_is_the_same(packed: bytes, tmp_path: Path) -> None:
    unpack(packed, tmp_path / "kit")
    assert pack(tmp_path / "kit") == packed


def test_neither_times_nor_rights_nor_order_matter(tmp_path: Path) -> None:
    for name, files in (("one", ["a.txt", "kit.yaml", "b/c.png"]), ("two", ["b/c.png", "kit.yaml", "a.txt"])):
        for file in files:
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.encode())
    os.utime(tmp_path / "two" / "a.txt", (1, 1))
    (tmp_path / "two" / "a.txt").chmod(0o600)
    assert pack(tmp_path / "one") == pack(tmp_path / "two")


def test_only_what_a_kit_is_made_of_goes_along(tmp_path: Path) -> None:
    for file in ("kit.yaml", "LICENSE.txt", "scene.py", ".DS_Store", ".git/a.txt", "x.psd", "fonts/A.TTF"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"1")
    with zipfile.ZipFile(io.BytesIO(pack(tmp_path))) as archive:
        assert archive.namelist() == ["LICENSE.txt", "fonts/A.TTF", "kit.yaml"]


def test_a_link_inside_is_followed_and_one_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    folder.mkdir()
    (folder / "kit.yaml").write_text("a: 1")
    (folder / "same.yaml").symlink_to(folder / "kit.yaml")
    with zipfile.ZipFile(io.BytesIO(pack(folder))) as archive:
        assert archive.read("same.yaml") == b"a: 1"
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(InputError, match="leads out of the kit's folder"):
        pack(folder)


def test_several_who_unpack_at_once_find_one_whole_kit(packed: bytes, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: unpack(packed, tmp_path / "kit"), range(4)))
    assert pack(tmp_path / "kit") == packed
    assert [p.name for p in tmp_path.iterdir()] == ["kit"]


def test_damaged_bytes_leave_no_folder(packed: bytes, tmp_path: Path) -> None:
    harmed = bytearray(packed)
    harmed[len(harmed) // 2] ^= 1
    with pytest.raises(InputError, match="damaged"):
        unpack(bytes(harmed), tmp_path / "kit")
    assert list(tmp_path.iterdir()) == []


def test_one_folder_round_it_all_is_taken_off(tmp_path: Path) -> None:
    data = b"".join(zipped([entry("ours/kit.yaml", b"a: 1"), entry("ours/logo/a.svg", b"<svg/>")]))
    unpack(data, tmp_path / "kit")
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")) == ["kit/kit.yaml", "kit/logo/a.svg"]


def test_an_empty_folder_may_be_filled_and_a_full_one_not(packed: bytes, tmp_path: Path) -> None:
    (tmp_path / "kit").mkdir()
    unpack_file(io.BytesIO(packed), tmp_path / "kit", "kit.zip")
    with pytest.raises(FileExistsError):
        unpack_file(io.BytesIO(packed), tmp_path / "kit", "kit.zip")
    shutil.rmtree(tmp_path / "kit")
