"""One installation: its folder, its secrets, its ports, and the settings that they complete."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from factory.doors.up import ports as port_choice
from factory.doors.up import servers
from factory.doors.up.account import Account, reachable, service_account
from factory.doors.up.keys import Keys, keys_of, write_private
from factory.settings import Settings

VAR = Path("/var/lib/creative-factory")
GIVEN_BY: Mapping[str, tuple[str, ...]] = {
    "postgres": ("database_url",), "valkey": ("broker_url",), "s3": ("s3_endpoint", "s3_access_key"),
}  # fmt: skip
"""A server is started unless a setting names another one. Keys without an endpoint mean Amazon's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """What one FACTORY_HOME stands for. `settings` are complete: every part's address and secret is in them."""

    home: Path
    settings: Settings
    keys: Keys
    account: Account | None
    places: Mapping[str, servers.Place]
    """Of the servers that are ours to start."""

    @property
    def run(self) -> Path:
        """Process files, ports and the lock."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """A log for each part."""
        return self.home / "logs"

    def log(self, part: str) -> Path:
        """The log of one part."""
        return self.logs / f"{part}.log"


def make_home(home: Path) -> Path:
    """The folder with its parts, closed to others; as root it can be walked through, so that servers reach their data."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(mode)
    for name in ("run", "logs"):
        (home / name).mkdir(exist_ok=True, mode=0o700)
    return home


def data_folder(home: Path, account: Account | None) -> Path:
    """Where servers keep data: in home, or below /var/lib when we are root and servers could not walk to home."""
    if reachable(home, account):
        return home / "data"
    return VAR / hashlib.sha256(str(home).encode()).hexdigest()[:12]


def own_servers(settings: Settings) -> tuple[str, ...]:
    """The servers that no setting replaces."""
    return tuple(name for name in servers.SERVERS if not any(getattr(settings, setting) for setting in GIVEN_BY[name]))


def install(settings: Settings) -> Installation:
    """The installation of `settings.home`, made where it is new. Ports are chosen now: nothing of ours may run."""
    home = make_home(settings.home.absolute())
    return _of(settings, home, _choose_ports(home, own_servers(settings)))


def installed(settings: Settings) -> Installation | None:
    """The installation as it was started last; None when there is none."""
    home = settings.home.absolute()
    if not (home / "secrets.json").exists():
        return None
    held = _held_ports(home)
    missing = [n for n in own_servers(settings) if n not in held]
    return _of(settings, home, held | {n: dict(servers.SERVERS[n].ports) for n in missing})


def _of(settings: Settings, home: Path, chosen: Mapping[str, Mapping[str, int]]) -> Installation:
    keys, account = keys_of(home), service_account()
    data = data_folder(home, account)
    places = {
        name: servers.Place(folder=data / name, shelf=data / "programs", ports=chosen[name], keys=keys, account=account)
        for name in own_servers(settings)
    }
    return Installation(home=home, settings=_complete(settings, home, keys, places), keys=keys, account=account, places=places)


def _complete(settings: Settings, home: Path, keys: Keys, places: Mapping[str, servers.Place]) -> Settings:
    full = replace(settings, home=home, metrics_token=settings.metrics_token or keys.metrics_token)
    if "postgres" in places:
        full = replace(full, database_url=servers.database_url(places["postgres"]))
    if "valkey" in places:
        full = replace(full, broker_url=servers.broker_url(places["valkey"]))
    if "s3" in places:
        full = replace(full, s3_endpoint=servers.s3_endpoint(places["s3"]), s3_access_key=keys.s3_access_key,
                       s3_secret_key=keys.s3_secret_key)
    return full


def _ports_file(home: Path) -> Path:
    return home / "run" / "ports.json"


def _held_ports(home: Path) -> dict[str, dict[str, int]]:
    try:
        held = json.loads(_ports_file(home).read_text())
        return {str(n): {str(k): int(v) for k, v in ports.items()} for n, ports in held.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _choose_ports(home: Path, names: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """Those of the last start where they are free (clients may hold them), else the usual ones, else free ones."""
    held = _held_ports(home)
    chosen = held | {n: _ports_of(n, held.get(n, {})) for n in names}
    write_private(_ports_file(home), json.dumps(chosen, indent=2) + "\n")
    return chosen


def _ports_of(name: str, held: Mapping[str, int]) -> dict[str, int]:
    server = servers.SERVERS[name]
    return port_choice.choose({k: held.get(k, usual) for k, usual in server.ports.items()}, twins=server.twins)


def web_port(home: Path) -> int:
    """The web door's port at the last start; 0 before the first."""
    try:
        return urlsplit(json.loads((home / "run" / "web.json").read_text())["url"]).port or 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def note_web(home: Path, url: str) -> None:
    """Tell clients on this machine where the web door is."""
    write_private(home / "run" / "web.json", json.dumps({"url": url}) + "\n")
