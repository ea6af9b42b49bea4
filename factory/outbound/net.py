# ruff: noqa: ARG002  (the library names the arguments; our deadline stands for its timeouts)
"""The network layer: resolve once, look at every address, connect to that very address."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from factory.outbound.addresses import Resolver, allowed, resolve

MOST_ADDRESSES = 3
"""A name's first addresses are tried in turn."""


class Guarded(httpcore.NetworkBackend):
    """Connects to allowed addresses, before a deadline on the monotonic clock."""

    def __init__(self, resolver: Resolver, loopback: bool, deadline: float) -> None:
        self.resolver, self.loopback, self.deadline = resolver, loopback, deadline
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Refuse or connect; the first address that takes the connection serves."""
        addresses = allowed(resolve(self.resolver, host, port, left(self.deadline)), host, loopback=self.loopback)
        for number, address in enumerate(addresses[:MOST_ADDRESSES], start=1):
            try:
                stream = self.inner.connect_tcp(address, port, left(self.deadline), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == min(len(addresses), MOST_ADDRESSES):
                    raise
                continue
            return Timed(stream, self.deadline)
        raise httpcore.ConnectError(f"{host} took no connection")

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
                            ) -> httpcore.NetworkStream:
        """Never."""
        raise httpcore.UnsupportedProtocol("sockets of this machine are not called")

    def sleep(self, seconds: float) -> None:
        """Between a connection's retries; there are none."""


class Timed(httpcore.NetworkStream):
    """A stream whose every step ends before one deadline: a server that drips a byte a second gains nothing."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self.inner, self.deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes."""
        return self.inner.read(max_bytes, left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        self.inner.write(buffer, left(self.deadline))

    def close(self) -> None:
        """Close the connection."""
        self.inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
                  ) -> httpcore.NetworkStream:
        """Speak TLS from here; the certificate must be the name's, not the address's."""
        return Timed(self.inner.start_tls(ssl_context, server_hostname, left(self.deadline)), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the library asks of a stream."""
        return self.inner.get_extra_info(info)


def left(deadline: float) -> float:
    """Seconds that are left. Raises httpcore.ReadTimeout when none are."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return seconds
