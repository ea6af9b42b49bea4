"""The client: one POST to one stranger."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from factory.outbound.addresses import Resolver, check_url, system_resolver

if TYPE_CHECKING:
    import httpcore


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back: status, and the first bytes of the body."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@lru_cache(maxsize=1)
def default_tls() -> ssl.SSLContext:
    """The system's certificates; TLS 1.2 or newer."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """Posts to strangers. Safe for threads; nothing is kept between calls but the table of certificates."""

    loopback: bool = False
    seconds: float = 15.0
    most_bytes: int = 64 * 1024
    resolver: Resolver = system_resolver
    tls: ssl.SSLContext = field(default_factory=default_tls)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send; read at most `most_bytes` of the answer.

        Raises InputError or RefusedError when the address may not be called, OSError or TimeoutError when the call
        failed.
        """
        import httpcore

        from factory.outbound.net import Guarded

        check_url(url, loopback=self.loopback)
        way = Guarded(self.resolver, self.loopback, time.monotonic() + self.seconds)
        try:
            with httpcore.ConnectionPool(ssl_context=self.tls, network_backend=way, max_keepalive_connections=0) as pool:
                return self._exchange(pool, url, body, headers)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise TimeoutError(f"no answer within {self.seconds:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}"[:300]) from error

    def _exchange(self, pool: httpcore.ConnectionPool, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = {"user-agent": "creative-factory", "accept": "*/*", "content-length": str(len(body)), **headers}
        with pool.stream("POST", url, headers=list(sent.items()), content=body,
                         extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)}) as response:
            got = bytearray()
            for chunk in response.iter_stream():
                got += chunk
                if len(got) >= self.most_bytes:
                    break
            names = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
            return Answer(status=response.status, body=bytes(got[: self.most_bytes]), headers=names)
