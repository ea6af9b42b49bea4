"""Which addresses may be called, and how a name becomes addresses."""

from __future__ import annotations

import queue
import re
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from factory.errors import Fault, InputError, RefusedError

Resolver = Callable[[str, int], Sequence[str]]
"""Name and port -> addresses as text."""

PORTS: Final = (443, 8443)
"""Ports that a stranger's address may name."""

CLOSED_V4: Final = tuple(IPv4Network(n) for n in (
    "0.0.0.0/8",        # this network
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private
    "100.64.0.0/10",    # shared by carriers; a cloud's metadata too
    "127.0.0.0/8",      # loopback
    "168.63.129.16/32",  # a cloud's wire server under a public number
    "169.254.0.0/16",   # link-local; metadata
    "192.0.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15",  # protocols, examples, benchmarks
    "192.88.99.0/24",   # 6to4 relays
    "224.0.0.0/4", "240.0.0.0/4",  # multicast, reserved, broadcast
))  # fmt: skip
"""Addresses that are nobody's public server (IANA special-purpose registry)."""

OPEN_V6: Final = IPv6Network("2000::/3")
"""The only global unicast block; mapped, NAT64, unique-local, link-local and multicast addresses lie outside it."""

CLOSED_V6: Final = tuple(IPv6Network(n) for n in (
    "2001::/23",        # protocols: Teredo, ORCHID, benchmarks
    "2001:db8::/32", "3fff::/20",  # examples
    "2002::/16",        # 6to4 carries any IPv4 address
))  # fmt: skip

LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z", re.I)


def public(address: str, *, loopback: bool = False) -> bool:
    """Whether an address may be called; `loopback` lets this machine's own be called too."""
    if "%" in address:  # a scope: never global
        return False
    ip: IPv4Address | IPv6Address = ip_address(address)
    if loopback and (ip in IPv4Network("127.0.0.0/8") if ip.version == 4 else ip == IPv6Address("::1")):
        return True
    if isinstance(ip, IPv4Address):
        return not any(ip in net for net in CLOSED_V4)
    return ip in OPEN_V6 and not any(ip in net for net in CLOSED_V6)


def check_url(url: str, *, loopback: bool = False) -> None:
    """Look at a stranger's URL without resolving it. Raises InputError with every fault."""
    faults = [Fault(code=code, fact=fact, where="url", help=help) for code, fact, help in _faults(url, loopback)]
    if faults:
        raise InputError(faults)


def _faults(url: str, loopback: bool) -> Iterable[tuple[str, str, str]]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        yield "url.shape", "This is no URL", "Write it as https://host/path."
        return
    if len(url) > 2000 or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        yield "url.shape", "A URL has at most 2000 printable ASCII characters", "Write other characters as %XX, a host as xn--…"
    own = loopback and _is_own(host)
    if parts.scheme != "https" and not (own and parts.scheme == "http"):
        yield "url.scheme", f"“{parts.scheme}” is not called", "Use https."
    if "@" in parts.netloc or parts.fragment:
        yield "url.parts", "A URL carries no user, password or fragment", "Webhooks are signed: check the signature instead."
    if port is not None and port not in PORTS and not own:
        yield "url.port", f"Port {port} is not called", f"Use one of {', '.join(map(str, PORTS))}."
    if not own and not _is_good_host(host):
        yield "url.host", f"“{host[:80]}” is no public host", "Use a public host name."


def _is_own(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_good_host(host: str) -> bool:
    """A public literal, or a name of several labels that is no number in disguise (`127.1`, `0x7f.1`, `2130706433`)."""
    try:
        return public(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        numeric = labels[-1].isdigit() or labels[-1].lower().startswith("0x")
        return len(labels) > 1 and len(host) <= 253 and not numeric and all(map(LABEL.match, labels))


def system_resolver(name: str, port: int) -> list[str]:
    """Every address of a name, from the system. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def resolve(resolver: Resolver, name: str, port: int, seconds: float) -> list[str]:
    """Ask in a thread of its own, as the system's resolver knows no deadline."""
    box: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            box.put(list(resolver(name, port)))
        except Exception as error:  # handed to the caller below
            box.put(error)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        found = box.get(timeout=max(0.001, seconds))
    except queue.Empty:
        raise TimeoutError(f"the name {name} was not resolved in time") from None
    if isinstance(found, Exception):
        raise ConnectionError(f"the name {name} was not resolved: {found}") from found
    return list(found)


def allowed(addresses: Sequence[str], name: str, *, loopback: bool) -> list[str]:
    """The addresses, when every one may be called. Raises RefusedError otherwise, and when there is none."""
    closed = [a for a in addresses if not public(a, loopback=loopback)]
    if closed or not addresses:
        raise RefusedError(f"{name} is no public address", code="url.closed", where="url", help="Use a public host name.")
    return list(addresses)
