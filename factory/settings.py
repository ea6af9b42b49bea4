"""Every setting of the service in one frozen record, read from the environment once, at a door.

`factory make` needs none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from factory.errors import Fault, InputError

CLIENTS = frozenset({"FACTORY_URL", "FACTORY_KEY"})
"""Read by the client's commands (`factory submit`, ...): which service, with which key. No settings of a service."""


def _setting(default: Any, help: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": help, "secret": secret})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an operator may set. The environment's name of a setting is FACTORY_ and its name in capitals."""

    home: Path = _setting(Path(".factory"), "Folder of data, secrets, logs and caches of `factory up`.")
    host: str = _setting("127.0.0.1", "Address that the web door listens on.")
    port: int = _setting(8000, "Port of the web door.")
    public_url: str = _setting("", "How others reach the web door; by default from host and port.")
    database_url: str = _setting("", "Postgres, as postgresql://user:password@host:port/name.", secret=True)
    broker_url: str = _setting("", "Valkey or Redis (redis://) or RabbitMQ (amqp://): the doorbell.", secret=True)
    s3_endpoint: str = _setting("", "The S3 server; empty means Amazon's own for the region.")
    s3_public_endpoint: str = _setting("", "How browsers and clients reach the S3 server; by default as we do.")
    s3_region: str = _setting("us-east-1", "The bucket's region.")
    s3_access_key: str = _setting("", "Access key of the bucket.", secret=True)
    s3_secret_key: str = _setting("", "Secret key of the bucket.", secret=True)
    bucket: str = _setting("creative-factory", "The bucket's name.")
    lease_s: int = _setting(60, "Seconds a worker holds a job without a heartbeat before another may take it.")
    attempts: int = _setting(4, "Tries of a job, its worker's deaths included, before it is parked.")
    image_model: str = _setting("", "A diffusers model by name or folder; empty: sets and washes only.")
    copy_model: str = _setting("", "A language model for drafts by name, folder or URL; empty: the grammar alone.")
    cache_mb: int = _setting(4096, "Most megabytes of blobs that a worker keeps on its disk.")
    money_per_hour: str = _setting("0.12 EUR", "What an hour of one worker costs: quotes and cost figures use it.")
    four_eyes: bool = _setting(False, "Nobody may approve a variant of a batch that they started themselves.")
    loopback_webhooks: bool = _setting(False, "Let webhooks reach this machine over http: for trying out and tests only.")
    metrics_token: str = _setting("", "Bearer token of /metrics; empty: only this machine may read it.", secret=True)
    log_level: str = _setting("info", "debug, info, warning or error.")

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from environment variables. Raises InputError with every value that cannot be read."""
        faults: list[Fault] = []
        values: dict[str, Any] = {}
        for f in fields(cls):
            text = environ.get(env_name(f.name))
            if text is None:
                continue
            try:
                values[f.name] = READERS[str(f.type)](text)
            except ValueError:
                faults.append(Fault(code="settings.value", fact=f"{env_name(f.name)} is not {WANTED[str(f.type)]}",
                                    where=env_name(f.name), help=str(f.metadata["help"])))
        known = {env_name(f.name) for f in fields(cls)} | CLIENTS
        unknown = [n for n in environ if n.startswith("FACTORY_") and n not in known]
        faults += [Fault(code="settings.unknown", fact=f"No setting is called {n}", where=n, help="See docs/operators.md.")
                   for n in sorted(unknown)]
        if faults:
            raise InputError(faults)
        return cls(**values)

    def environ(self) -> dict[str, str]:
        """The environment that gives these settings: what a supervisor hands to its children."""
        return {env_name(f.name): _text(getattr(self, f.name)) for f in fields(self)}

    @property
    def url(self) -> str:
        """How others reach the web door."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def env_name(setting: str) -> str:
    """The environment variable of a setting."""
    return f"FACTORY_{setting.upper()}"


def _bool(text: str) -> bool:
    table = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False, "": False}
    if text.strip().lower() not in table:
        raise ValueError(text)
    return table[text.strip().lower()]


def _text(value: object) -> str:
    return ("1" if value else "0") if isinstance(value, bool) else str(value)


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


READERS: Mapping[str, Callable[[str], Any]] = {"str": str, "int": int, "bool": _bool, "Path": _folder}
WANTED: Mapping[str, str] = {"str": "text", "int": "a whole number", "bool": "1 or 0", "Path": "a folder"}
