"""Ports on loopback: the usual ones while they are free, else free ones below the range that connections going out use."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

GRPC = 10_000
"""SeaweedFS talks to itself on a second port this much above each of its ports."""


SHARED = Path("/tmp")  # noqa: S108 (SeaweedFS puts them there, whatever TMPDIR says)


def shared_sockets(port: int) -> list[Path]:
    """Socket files that SeaweedFS leaves in the folder which all users share, named by port: another user's stop ours."""
    return sorted(SHARED.glob(f"seaweedfs-*-grpc-{port + GRPC}.sock"))


def _spoilt(port: int) -> bool:
    return os.geteuid() != 0 and any(path.lstat().st_uid != os.geteuid() for path in shared_sockets(port))


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Held:
    """Ports that were chosen and whose servers have not started yet: held, so that nobody else finds them free meanwhile."""

    def __init__(self) -> None:
        self.sockets: dict[int, socket.socket] = {}

    def take(self, ports: Iterable[int], host: str = "127.0.0.1") -> None:
        """Listen on each; one that somebody was faster with is left to its server to complain of."""
        for port in ports:
            holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind((host, port))
                holder.listen(1)
            except OSError:
                holder.close()
            else:
                self.sockets[port] = holder

    def free(self, ports: Iterable[int]) -> None:
        """Give ports to their server, which starts now."""
        for port in ports:
            if port in self.sockets:
                self.sockets.pop(port).close()

    def close(self) -> None:
        """Give all back."""
        self.free(list(self.sockets))


def choose(wanted: Mapping[str, int], *, twins: bool = False) -> dict[str, int]:
    """For each name its wanted port where that is free, else a free one; with `twins`, port + 10000 is free as well."""
    taken: set[int] = set()
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        chosen[name] = port if port and port not in taken and _serves(port, twins) else _free_one(taken, twins)
        taken.add(chosen[name])
    return chosen


def _serves(port: int, twins: bool) -> bool:
    return is_free(port) and (not twins or (is_free(port + GRPC) and not _spoilt(port)))


def _free_one(taken: set[int], twins: bool) -> int:
    for port in random.SystemRandom().sample(range(20_000, 22_700), 500):
        if port not in taken and _serves(port, twins):
            return port
    raise OSError("no port is free between 20000 and 22700")
