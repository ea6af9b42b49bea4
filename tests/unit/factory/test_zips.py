"""Archives: read by others as they were written, and read from others with suspicion."""

from __future__ import annotations

import io
import shutil
import stat
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.errors import InputError
from factory.zips import Entry, entry, read_zip, zipped

NAMES = st.from_regex(r"[a-z]{1,8}(/[a-zé]{1,8}){0,2}\.txt", fullmatch=True)


def made(files: dict[str, bytes], **how: int) -> bytes:
    return b"".join(zipped((entry(n, d) for n, d in sorted(files.items())), **how))


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=6), st.sampled_from([1, 10, 200, 0xFFFFFFFF]))
def test_what_is_zipped_is_what_comes_out_in_every_width(files: dict[str, bytes], full: int) -> None:
    with zipfile.ZipFile(io.BytesIO(made(files, full=full))) as archive:
        assert archive.testzip() is None
        assert {i.filename: archive.read(i) for i in archive.infolist()} == files


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=4))
def test_equal_files_give_equal_bytes_in_any_order(files: dict[str, bytes]) -> None:
    assert made(files) == made(dict(reversed(files.items())))


def test_entries_carry_no_time_and_no_compression() -> None:
    with zipfile.ZipFile(io.BytesIO(made({"a": b"x" * 99}))) as archive:
        (info,) = archive.infolist()
    assert (info.date_time, info.compress_size, info.create_system, info.external_attr >> 16, info.flag_bits & 8) == ((1980, 1, 1, 0, 0, 0), 99, 3, stat.S_IFREG | 0o644, 0)


def test_more_entries_than_two_bytes_count_need_zip64() -> None:
    data = b"".join(zipped(entry(f"{n:05}", b"") for n in range(65_600)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.infolist()) == 65_600


def test_an_entry_of_more_than_four_gigabytes_tells_its_size() -> None:
    size = (4 << 30) + 5
    stream = zipped([Entry(name="big", size=size, crc=7, chunks=()), entry("after", b"a")])
    header = next(stream)
    tail = b"".join(stream)
    where = struct.unpack("<HHQQ", header[-20:])
    assert where == (1, 16, size, size)
    spot = tail.rindex(b"PK\x01\x02")
    assert struct.pack("<HHQ", 1, 8, size + len(header)) in tail[spot:]


@pytest.mark.skipif(shutil.which("unzip") is None, reason="needs unzip")
def test_unzip_takes_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(made({"a.txt": b"1", "b/c.txt": b"2" * 70_000}))
    done = subprocess.run(["unzip", "-t", str(tmp_path / "a.zip")], capture_output=True, text=True, check=True)
    assert "No errors detected" in done.stdout


# ------------------------------------------------------------------------------------------------- from outside


def read(data: bytes) -> dict[str, bytes]:
    return dict(read_zip(io.BytesIO(data), "kit.zip"))


def foreign(*files: tuple[str | zipfile.ZipInfo, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", packed) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return sink.getvalue()


def test_a_plain_archive_is_read_in_order() -> None:
    assert list(read(foreign(("b.txt", b"2"), ("a/c.txt", b"1"), ("d/", b"")))) == ["a/c.txt", "b.txt"]


def test_what_desktops_add_is_left_out() -> None:
    files = ("__MACOSX/._a.txt", "a/.DS_Store", "Thumbs.db", ".git/config", "a.txt")
    assert list(read(foreign(*((n, b"1") for n in files)))) == ["a.txt"]


def test_names_are_composed() -> None:
    assert list(read(foreign(("Gro\u0308ße.txt", b"1")))) == ["Größe.txt"]


def link() -> bytes:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return foreign((info, b"/etc/passwd"))


def flagged(bit: int) -> bytes:
    data = bytearray(foreign(("a.txt", b"1"), packed=zipfile.ZIP_STORED))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= bit
    return bytes(data)


def overlapping() -> bytes:
    """Two entries of the listing that share one body, as in a quoted-overlap bomb."""
    data = foreign(("a.txt", b"x" * 500), ("b.txt", b"y" * 500), packed=zipfile.ZIP_STORED)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    return data[: second + 42] + struct.pack("<I", 10) + data[second + 46 :]


def many(count: int) -> bytes:
    return b"".join(zipped(entry(f"{n}.txt", b"") for n in range(count)))


def bad() -> Iterator[object]:
    for name in ("../a.txt", "/a.txt", "a/../b.txt", "a//b.txt", "./a.txt", "C:/a.txt", "a\\b.txt", "a\nb.txt", "a?.txt", "n" * 130, "a/" * 9 + "a.txt", "a. /b", "con./x"):
        yield pytest.param(lambda name=name: foreign((name, b"1")), "zip.path", id=repr(name[:12]))
    cases: dict[str, tuple[Callable[[], bytes], str]] = {
        "a link": (link, "zip.link"),
        "a password": (lambda: flagged(1), "zip.locked"),
        "odd packing": (lambda: foreign(("a.txt", b"1"), packed=zipfile.ZIP_BZIP2), "zip.method"),
        "an archive by name": (lambda: foreign(("a.ZIP", b"1")), "zip.nested"),
        "an archive by bytes": (lambda: foreign(("a.txt", foreign(("b", b"1")))), "zip.nested"),
        "a tape archive": (lambda: foreign(("a.txt", b"0" * 257 + b"ustar" + b"0" * 99)), "zip.nested"),
        "packed a thousand times": (lambda: foreign(("a.txt", b"0" * 20_000_000)), "zip.ratio"),
        "one too large": (lambda: foreign(("a.txt", b"0" * 40_000_001)), "zip.size"),
        "too many": (lambda: many(501), "zip.many"),
        "far too many": (lambda: many(2_001), "zip.many"),
        "zip64 for no reason": (lambda: made({"a": b"1"}, full=1), "zip.many"),
        "twice": (lambda: foreign(("A.txt", b"1"), ("a.txt", b"2")), "zip.twice"),
        "twice composed": (lambda: foreign(("o\u0308.txt", b"1"), ("ö.txt", b"2")), "zip.twice"),
        "file and folder": (lambda: foreign(("a", b"1"), ("a/b.txt", b"2")), "zip.twice"),
        "overlap": (overlapping, "zip.overlap"),
        "no archive": (lambda: b"hello", "zip.broken"),
        "nothing": (lambda: b"", "zip.broken"),
        "cut short": (lambda: foreign(("a.txt", b"1" * 999))[:-40], "zip.broken"),
        "a wrong byte": (lambda: foreign(("a.txt", b"abcdef"), packed=zipfile.ZIP_STORED).replace(b"abcdef", b"abcdeg"), "zip.broken"),
    }
    for name, (build, code) in cases.items():
        yield pytest.param(build, code, id=name)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("build", "code"), list(bad()))
def test_what_could_harm_is_refused_by_name(build: Callable[[], bytes], code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(build())
    assert code in [f.code for f in caught.value.faults]
    assert all(f.help for f in caught.value.faults)


def test_all_faults_of_a_listing_are_told_at_once() -> None:
    data = foreign(("../a.txt", b"1"), ("b.zip", b"1"), ("c.txt", b"0" * 20_000_000), ("C.TXT", b"1"))
    with pytest.raises(InputError) as caught:
        read(data)
    assert sorted({f.code for f in caught.value.faults}) == ["zip.nested", "zip.path", "zip.ratio", "zip.twice"]


def test_too_much_in_all_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("factory.zips.MAX_TOTAL", 1000)
    with pytest.raises(InputError, match="unpacks to"):
        next(read_zip(io.BytesIO(foreign(("a", b"1" * 600), ("b", b"2" * 600))), "kit.zip"))


@given(st.binary(max_size=60), st.integers(0, 400))
def test_a_damaged_archive_is_refused_or_read_and_never_crashes(harm: bytes, at: int) -> None:
    data = bytearray(foreign(("a.txt", b"some words"), ("b/c.txt", bytes(range(200)))))
    data[at : at + len(harm)] = harm
    try:
        files = read(bytes(data))
    except InputError:
        return
    assert all(zlib.crc32(d) is not None and not n.startswith("/") and ".." not in n.split("/") for n, d in files.items())
