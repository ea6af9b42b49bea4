"""The doctor: what it finds, and what it says to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from factory.doors import cli
from factory.doors.up import doctor, installation, machine_checks, reach, service_checks
from factory.doors.up.doctor import Check, Patient, examine, fail, ok, warn
from factory.errors import StoreError
from factory.settings import Settings


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(settings=Settings(home=tmp_path), here=None)


def look(checks: tuple[Check, ...], name: str, patient: Patient) -> list[doctor.Reading]:
    return [r for n, r in examine(patient, [c for c in checks if c.name == name]) if n == name]


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(patient: Patient) -> None:
    def breaks(_: Patient) -> list[doctor.Reading]:
        raise RuntimeError("no idea\nmore")

    def ours(_: Patient) -> list[doctor.Reading]:
        raise StoreError("The bucket is away", help="Start it.")

    found = examine(patient, [Check(name="a", look=breaks), Check(name="b", look=ours), Check(name="c", look=lambda _: [ok("fine")])])
    assert [(n, r.level, r.what) for n, r in found] == [
        ("a", "fail", "RuntimeError: no idea"), ("b", "fail", "The bucket is away"), ("c", "ok", "fine")]
    assert found[1][1].do == "Start it."


def test_what_needs_a_missing_fact_is_not_known(patient: Patient) -> None:
    ((_, reading),) = examine(patient, [Check(name="a", look=lambda _: [ok("fine")], needs=("database",))])
    assert reading.level == "warn"
    assert "database" in reading.what


def test_the_report_counts_and_says_what_to_do() -> None:
    text = doctor.report([("a", fail("broken", "Mend it.")), ("b", warn("old", "Look.")), ("c", ok("fine"))])
    assert "FAIL  a" in text
    assert "-> Mend it." in text
    assert text.endswith("1 to mend, 1 to look at, 1 well.")


@pytest.mark.parametrize(("free", "level"), [(0.5e9, "fail"), (5e9, "warn"), (50e9, "ok")])
def test_a_disk_that_fills_up_is_seen(patient: Patient, monkeypatch: pytest.MonkeyPatch, free: float, level: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert [r.level for r in look(machine_checks.CHECKS, "disk", patient)] == [level]


def test_secrets_that_others_can_read_are_told(patient: Patient) -> None:
    (patient.settings.home / "admin-key").write_text("x")
    (patient.settings.home / "admin-key").chmod(0o644)
    assert look(machine_checks.CHECKS, "secrets", patient)[0].level == "fail"
    (patient.settings.home / "admin-key").chmod(0o600)
    assert [r.level for r in look(machine_checks.CHECKS, "secrets", patient)] == ["ok"]


def test_missing_packages_are_named(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_checks, "find_spec", lambda name: None if name == "celery" else object())
    (reading,) = look(machine_checks.CHECKS, "python", patient)
    assert (reading.level, "celery" in reading.what, "pip install" in reading.do) == ("fail", True, True)


class Rows:
    """A database that answers every question with the same rows."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)

    def execute(self, *_: object) -> Rows:
        return self

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def fetchone(self) -> dict[str, Any]:
        return self.rows[0]

    def fetchall(self) -> list[dict[str, Any]]:
        return self.rows


@pytest.mark.parametrize(("check", "row", "levels"), [
    ("leases", {"late": 0, "parked": 0, "held": 3}, ["ok"]), ("leases", {"late": 2, "parked": 0, "held": 3}, ["fail"]),
    ("leases", {"late": 0, "parked": 1, "held": 0}, ["warn", "ok"]), ("messages", {"n": 0, "age": 0.0}, ["ok"]),
    ("messages", {"n": 4, "age": 99.0}, ["fail"]), ("webhooks", {"late": 0, "failed": 0}, ["ok"]),
    ("webhooks", {"late": 1, "failed": 1}, ["fail", "warn"]), ("queues", {"lane": "io", "n": 3, "age": 4000.0}, ["warn", "ok"]),
    ("clock", {"now": 0.0}, ["fail"]),
])  # fmt: skip
def test_what_is_late_is_told(patient: Patient, check: str, row: dict[str, Any], levels: list[str]) -> None:
    patient.facts |= {"database": Rows(row), "schema": True}
    assert [r.level for r in look(service_checks.CHECKS, check, patient)] == levels


def test_a_broker_that_is_away_is_told_in_words() -> None:
    assert reach.broker_trouble("redis://:x@127.0.0.1:1/0").startswith("does not answer")
    assert reach.broker_trouble("amqp://127.0.0.1:1").startswith("does not answer")


def test_before_the_first_start_the_command_says_how_to_start(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["doctor", "--json"], env={"FACTORY_HOME": str(tmp_path / "none")})
    assert done.exit_code == 1
    rows = {r["check"]: r for r in json.loads(done.stdout.splitlines()[0])["checks"]}
    assert rows["database"]["level"] == "fail"
    assert "factory up" in rows["database"]["do"]
    assert not (tmp_path / "none").exists()


def test_nothing_runs_before_the_first_start(tmp_path: Path) -> None:
    env = {"FACTORY_HOME": str(tmp_path / "none")}
    assert "Nothing runs here" in CliRunner().invoke(cli.app, ["down"], env=env).stdout
    shown = CliRunner().invoke(cli.app, ["up", "--check"], env=env)
    assert (shown.exit_code, "Nothing runs here" in shown.stdout) == (1, True)
    assert CliRunner().invoke(cli.app, ["up", "--env"], env=env).exit_code == 2


def test_an_unknown_part_is_refused_with_the_names_of_all(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["up", "--only", "mysql"], env={"FACTORY_HOME": str(tmp_path)})
    assert done.exit_code == 2
    assert "worker-preview" in done.stderr


def test_a_misspelt_setting_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["up"], env={"FACTORY_HOME": str(tmp_path), "FACTORY_DATABSE_URL": "x"})
    assert (done.exit_code, "FACTORY_DATABSE_URL" in done.stderr) == (2, True)


def test_other_tools_get_the_settings_in_their_own_words(tmp_path: Path) -> None:
    here = installation.install(Settings(home=tmp_path))
    told = reach.shell_environ(Settings(home=tmp_path))
    assert told["PGPASSWORD"] == here.keys.database_password
    assert told["AWS_ENDPOINT_URL_S3"] == here.settings.s3_endpoint
    assert "FACTORY_DATABASE_URL" not in told  # `factory up` in the same shell would not start its own
    assert (Path(told["PGBIN"]) / "pg_dump").exists()
