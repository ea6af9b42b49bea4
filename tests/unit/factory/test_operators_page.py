"""docs/operators.md says what the code does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from factory.doors.up import installation, parts, servers
from factory.settings import CLIENTS, Settings, env_name

PAGE = Path("docs/operators.md").read_text()


def table(heading: str) -> list[list[str]]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")]


def default_of(setting: object) -> str:
    return f"`{int(setting) if isinstance(setting, bool) else setting}`" if str(setting) else ""


def test_every_setting_stands_there_with_its_default_and_what_it_does() -> None:
    rows = {row[0].strip("`"): row[1:] for row in table("Settings")}
    wanted = {
        env_name(f.name): [default_of(f.default), f.metadata["help"] + (" Secret." if f.metadata["secret"] else "")] for f in fields(Settings)
    }
    assert {name: row for name, row in rows.items() if name in wanted} == wanted
    assert set(re.findall(r"`(FACTORY_\w+)`", PAGE)) - set(CLIENTS) - {"FACTORY_HOME"} <= set(wanted)
    assert set(CLIENTS) <= set(re.findall(r"`(FACTORY_\w+)`", PAGE))


def test_every_part_and_port_stands_there(tmp_path: Path) -> None:
    named = {row[0].split()[0].strip("`"): row for row in table("Parts")}
    here = installation.install(Settings(home=tmp_path))
    assert {p.name for p in (*parts.server_parts(here), *parts.own_parts(here))} <= set(named)
    for server in servers.SERVERS.values():
        assert all(str(port) in named[server.name][2] for port in server.ports.values())
