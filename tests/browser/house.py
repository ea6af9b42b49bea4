"""A whole installation for a browser: `factory up` in a folder of its own, with people who may sign in."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from factory.doors.up import marks, ports
from factory.doors.up.installation import installed
from factory.doors.up.supervisor import state_of
from factory.doors.web.site import passwords
from factory.settings import Settings
from factory.store import people
from factory.store.pool import connect

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "Ada": ("admin",), "Carl": ("creator", "reviewer", "ad_ops"), "Rita": ("reviewer",), "Olga": ("ad_ops",),
}
"""Name -> roles. Carl does the whole story; Rita looks on."""


@dataclass(frozen=True)
class House:
    """A running installation."""

    home: Path
    env: dict[str, str]
    url: str

    @property
    def key(self) -> str:
        """The first administrator's key."""
        return (self.home / "admin-key").read_text().strip()

    @property
    def settings(self) -> Settings:
        found = installed(Settings.read({k: v for k, v in self.env.items() if k.startswith("FACTORY_")}))
        assert found is not None
        return found.settings


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[House]:
    """Start it, let people in, stop it at the end. Raises TimeoutError."""
    home = folder / "home"
    home.mkdir(parents=True)
    port = ports.choose({"web": 0})["web"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("FACTORY_")} | {
        "FACTORY_HOME": str(home), "FACTORY_PORT": str(port), "PYTHONPATH": str(ROOT), **settings,
    }  # fmt: skip
    with (folder / "up.log").open("wb") as log:
        child = subprocess.Popen([sys.executable, "-m", "factory.doors.cli", "up"], env=env, cwd="/", stdout=log, stderr=log, start_new_session=True)
    house = House(home=home, env=env, url=f"http://127.0.0.1:{port}")
    try:
        _wait(child, home, folder / "up.log")
        _people(house)
        yield house
    finally:
        _stop(child, home)


def _wait(child: subprocess.Popen[bytes], home: Path, log: Path) -> None:
    end = time.monotonic() + 120
    while state_of(home).get("stage") != "ready":
        if child.poll() is not None or time.monotonic() > end:
            raise TimeoutError(f"factory up did not get ready:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


def _people(house: House) -> None:
    kept = passwords.hashed(PASSWORD)
    with connect(house.settings.database_url) as db, db.transaction():
        for name, roles in PEOPLE.items():
            row = people.put(db, name=name, roles=roles, invitation=secrets.token_bytes(32), hours=1, by="test")
            people.join(db, row["id"], kept)


def sign_in(page: Page, name: str) -> None:
    """Come in as this person."""
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")


def _stop(child: subprocess.Popen[bytes], home: Path) -> None:
    child.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(60)
    for mark in marks.read_all(home / "run"):
        if marks.is_alive(mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(mark.pid, signal.SIGKILL)
    if child.poll() is None:
        child.kill()
