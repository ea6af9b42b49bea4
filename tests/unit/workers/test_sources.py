"""A batch's brief and kit in folders of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from brand_kits.load import load_kit
from factory.errors import Fault, InputError
from factory.kitzip import pack
from factory.storage import FolderStorage
from workers import sources
from workers.sources import Source, fetch

KIT = Path("brand_kits/samples/vesper")


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    made = FolderStorage(tmp_path / "bucket")
    made.ensure_bucket()
    made.put(f"kits/{load_kit(KIT).digest}.zip", pack(KIT))
    made.put("pictures/aa.png", b"png")
    return made


def source(body: str = "{}", **pictures: str) -> Source:
    return Source(body=body, format="json", pictures=pictures, kit=load_kit(KIT).digest, options={})


def test_brief_pictures_and_kit_lie_where_the_brief_names_them(storage: FolderStorage, tmp_path: Path) -> None:
    brief, kit = fetch(source('{"a": 1}', **{"own/bottle.png": "pictures/aa.png"}), storage, tmp_path / "cache")
    assert brief.read_text() == '{"a": 1}' and (brief.parent / "own/bottle.png").read_bytes() == b"png"
    assert load_kit(kit).digest == load_kit(KIT).digest


def test_what_is_there_is_not_fetched_again(storage: FolderStorage, tmp_path: Path) -> None:
    first = fetch(source(), storage, tmp_path / "cache")
    storage.delete([s.key for s in storage.list()])
    assert fetch(source(), storage, tmp_path / "cache") == first


@pytest.mark.parametrize("path", ["../out.png", "/etc/out.png", "a/../../out.png"])
def test_a_picture_never_leaves_the_briefs_folder(storage: FolderStorage, tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError):
        fetch(source(**{path: "pictures/aa.png"}), storage, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("out.png")) and not list((tmp_path / "cache" / "briefs").iterdir())


def test_only_the_last_folders_stay(storage: FolderStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "KEPT", 2)
    made = [fetch(source(f'{{"n": {n}}}'), storage, tmp_path / "cache")[0] for n in range(4)]
    assert [b.exists() for b in made] == [False, False, True, True]


def test_faults_name_no_folder_of_this_machine() -> None:
    error = InputError([Fault(code="x", fact="/srv/cache/briefs/ab/brief.yaml:3 is wrong", where="/srv/cache/kits/k/kit.yaml")])
    cleaned = sources._without_paths(error, Path("/srv/cache/briefs/ab"), Path("/srv/cache/kits/k"))
    assert [(f.fact, f.where) for f in cleaned.faults] == [("brief.yaml:3 is wrong", "kit.yaml")]


def test_equal_sources_share_a_key_whatever_was_planned() -> None:
    one = source()
    assert one.key == Source(**{f: getattr(one, f) for f in Source.__dataclass_fields__} | {"plan": "p"}).key
    assert one.key != source('{"a": 2}').key
