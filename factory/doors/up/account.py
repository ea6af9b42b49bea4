"""The ordinary user that servers run as when we are root: a server needs no rights over the machine."""

from __future__ import annotations

import os
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "creative-factory"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A user of this machine without rights."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give a file or folder (not what lies in it) to this user."""
        os.chown(path, self.uid, self.gid)


def service_account() -> Account | None:
    """Whom servers run as: nobody else when we are an ordinary user, else `creative-factory`, made when it is missing."""
    if os.geteuid() != 0:
        return None
    return _known(NAME) or _made() or _known("nobody")


def _known(name: str) -> Account | None:
    import pwd

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def _made() -> Account | None:
    """A new system user. Another process may make it at the same moment, so its being there is what counts."""
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME]
    try:
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except OSError:
        return None
    return _known(NAME)


def reachable(path: Path, account: Account | None) -> bool:
    """Whether this user may walk to `path` (which may not be there yet: then to its nearest folder that is)."""
    path = path.absolute()
    if account is None:
        return True
    return all(_may_enter(folder, account) for folder in (path, *path.parents) if folder.is_dir())


def _may_enter(folder: Path, account: Account) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
