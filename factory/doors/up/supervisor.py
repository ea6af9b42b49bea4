"""`factory up`: start everything in order, watch it, stop it in reverse."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from factory.doors.up import first_key, installation, marks, parts, ports
from factory.doors.up.installation import Installation
from factory.doors.up.keys import write_private
from factory.doors.up.reach import broker_trouble, storage_of
from factory.doors.up.watch import Child, Watch, line, tail
from factory.errors import FactoryError, InputError, RefusedError
from factory.errors import Fault as Told
from factory.settings import Settings, env_name

STATE = "up.json"
POLL_S = 0.1
PORT_TRIES = 3
TRIES = 3
"""A part that ended this often while we start will not come up by being tried more."""
ANSWER_S = 20.0
"""How long a server that somebody else runs may take to answer before we say that it does not."""


class Supervisor:
    """One run of `factory up`. `tell` gets lines for people; `only` starts just the named parts."""

    def __init__(
        self, settings: Settings, tell: Callable[[str], None], *, only: Collection[str] = (), port_fixed: bool = False,
    ) -> None:
        self.settings, self.tell, self.only, self.port_fixed = settings, tell, frozenset(only), port_fixed
        self.asked_to_stop = 0
        self.stage = "starting"
        self.held = ports.Held()
        self.here: Installation
        self.watch: Watch

    def run(self) -> None:
        """Until somebody asks us to stop. Raises RefusedError when another supervisor runs, FactoryError when a part cannot."""
        begun = time.monotonic()
        home = installation.make_home(self.settings.home.absolute())
        with marks.sole_supervisor(home / "run"), _Signals(self._stop_asked):
            for name in marks.clear_leftovers(home / "run", home):
                self.tell(f"{name:<15}        left by an earlier run; stopped")
            self.settings = _on_free_port(self.settings, home, self.port_fixed, self.tell)
            self._install()
            self.watch = Watch(self.here.run, self.here.logs, self.tell, self._note)
            self._say_where_data_is()
            try:
                self._start(begun)
                self._go_on()
            finally:
                self._end()

    def _stop_asked(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def _say_where_data_is(self) -> None:
        folder = installation.data_folder(self.here.home, self.here.account)
        if self.here.places and folder.parent != self.here.home:
            self.tell(f"Servers run as user {self.here.account.name if self.here.account else ''}, who cannot walk to "
                      f"{self.here.home}: their data is in {folder}.")

    def _wanted(self, all_parts: list[parts.Part]) -> list[parts.Part]:
        return [p for p in all_parts if not self.only or p.name in self.only]

    def _start(self, begun: float) -> None:
        self._say_given()
        self._start_servers()
        self.held.close()
        own = self._wanted(parts.own_parts(self.here))
        if own or not self.only:
            self._make_ready()
        self.watch.start(own)
        self._until_ready(must=False)
        if not self.asked_to_stop:
            self._say_ready(begun)

    def _say_given(self) -> None:
        for name, given in installation.GIVEN_BY.items():
            if name not in self.here.places:
                self.tell(f"{name:<15}        not started: given by {env_name(given[0])}")
        if not self.only:
            return
        names = [p.name for p in (*parts.server_parts(self.here), *parts.own_parts(self.here))]
        if unknown := sorted(self.only - set(names)):
            raise InputError([Told(code="up.part", fact=f"No part is called {name}", where="--only",
                                   help=f"Parts: {', '.join(names)}.") for name in unknown])

    def _start_servers(self) -> None:
        """Start servers; where another program took a port at the last moment, choose anew and start again."""
        for left in reversed(range(PORT_TRIES)):
            self.watch.start(self._wanted(parts.server_parts(self.here, self.held)))
            try:
                self._until_ready(must=True)
                return
            except FactoryError:
                dead = [c.part for c in self.watch.children.values() if c.process is None]
                stolen = [part for part in dead if part.port and not ports.is_free(part.port)]
                if not left or not stolen:
                    raise
            for part in stolen:
                self.tell(line(part, "is another program's port by now; choosing another"))
            self.watch.stop(list(self.watch.children))
            self._install()

    def _install(self) -> None:
        self.here = installation.install(self.settings)
        self.held.take(port for place in self.here.places.values() for port in place.all_ports)

    def _until_ready(self, *, must: bool) -> None:
        """Until all that was started serves. A server that does not come up ends the start; other parts are tried further."""
        while not self.asked_to_stop and (late := self.watch.waiting()):
            self.watch.tick()
            failing = [c for c in late if len(c.deaths) >= TRIES or _overdue(c, self.watch.clock())]
            if must and failing:
                raise _did_not_start(failing[0])
            if len(failing) == len(late):
                for child in failing:
                    self.tell(line(child.part, f"is not ready yet; its log: {child.log}"))
                return
            time.sleep(0.02)

    def _make_ready(self) -> None:
        """What the parts of ours find when they start: the newest schema, a bucket, a first key."""
        keyed = not self.only or "web" in self.only  # a machine with workers alone needs no key
        for task in (self._migrate, self._broker, self._bucket, *([self._key] if keyed else [])):
            if not self.asked_to_stop:
                _patiently(task, lambda: bool(self.asked_to_stop))

    def _migrate(self) -> None:
        from factory.store.migrate import migrate

        done = migrate(self.here.settings.database_url)
        if done:
            self.tell(f"{'schema':<15}        {len(done)} migration{'s' if len(done) > 1 else ''}")

    def _broker(self) -> None:
        if trouble := broker_trouble(self.here.settings.broker_url):
            code = "up.broker_away" if "does not answer" in trouble else "up.broker"  # a wrong password gets no better by waiting
            raise FactoryError(f"The broker {trouble}", code=code, where="FACTORY_BROKER_URL",
                               help="`factory doctor` says what can be reached.")

    def _bucket(self) -> None:
        storage_of(self.here.settings).ensure_bucket()

    def _key(self) -> None:
        if first_key.ensure_admin_key(self.here.home, self.here.settings.database_url):
            self.tell(f"{'first key':<15}        an administrator's, in {self.here.home / first_key.FILE}")

    def _say_ready(self, begun: float) -> None:
        installation.note_web(self.here.home, self.here.settings.url)
        where = f": {self.here.settings.url}" if "web" in self.watch.children else ""
        self.tell(f"ready in {time.monotonic() - begun:.1f} s{where}")
        self.stage = "ready"
        self._note(self.watch.children)

    def _go_on(self) -> None:
        while not self.asked_to_stop:
            try:
                self.watch.tick()
            except Exception as error:  # whatever it is, the parts that run go on being watched
                self.tell(f"{type(error).__name__}: {error}")
                time.sleep(1)
            time.sleep(POLL_S)

    def _end(self) -> None:
        self.stage = "stopping"
        self.held.close()
        names = list(self.watch.children)
        ours = [n for n in names if n not in self.here.places]
        asked = self.asked_to_stop
        if self.watch.children:
            self.tell("stopping (once more Ctrl-C kills)")
        for tier in (ours, [n for n in names if n in self.here.places]):
            self.watch.stop(tier, lambda: self.asked_to_stop > max(asked, 1))
        (self.here.run / STATE).unlink(missing_ok=True)
        self.tell("stopped")

    def _note(self, children: Mapping[str, Child]) -> None:
        """Write down how things stand, for `factory up --check`, `factory down` and whoever waits for us."""
        rows = [{"part": c.part.name, "state": c.state, "pid": c.pid, "port": c.part.port} for c in children.values()]
        told = {"pid": os.getpid(), "stage": self.stage, "url": self.here.settings.url, "parts": rows}
        write_private(self.here.run / STATE, json.dumps(told) + "\n")


def state_of(home: Path) -> dict[str, Any]:
    """What a supervisor wrote last; empty when none did."""
    try:
        held = json.loads((home / "run" / STATE).read_text())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _overdue(child: Child, now: float) -> bool:
    return child.state == "starting" and now - child.since > child.part.start_s


def _did_not_start(child: Child) -> FactoryError:
    how = "does not answer" if child.state == "starting" else "ends again and again"
    return FactoryError(f"{child.part.name} {how}", code="up.start", where=str(child.log),
                        help=f"Its log ends with:\n{tail(child.log, 8)}")


def _patiently(task: Callable[[], None], stopped: Callable[[], bool]) -> None:
    """Do something that needs a server which may only just have come up, or is somebody else's and slow."""
    end = time.monotonic() + ANSWER_S
    while True:
        try:
            task()
            return
        except Exception as error:
            if stopped():
                return
            if time.monotonic() > end or not _passing(error):
                raise _readable(error) from error
            time.sleep(0.3)


def _passing(error: Exception) -> bool:
    """Whether waiting may help: a server that cannot be reached now."""
    code = error.fault.code if isinstance(error, FactoryError) else ""
    return code in {"storage.down", "up.broker_away"} or type(error).__name__ in {"OperationalError", "ConnectionTimeout"}


def _readable(error: Exception) -> Exception:
    if isinstance(error, FactoryError):
        return error
    if type(error).__module__.startswith("psycopg"):
        return FactoryError(f"The database said: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
                            code="up.database", where="FACTORY_DATABASE_URL", help="`factory doctor` says what can be reached.")
    return error


def _on_free_port(settings: Settings, home: Path, fixed: bool, tell: Callable[[str], None]) -> Settings:
    """The web door's port. One that was asked for is kept or refused; the usual one gives way to a free one."""
    host = settings.host or "0.0.0.0"  # noqa: S104
    if ports.is_free(settings.port, host):
        return settings
    if fixed:
        raise RefusedError(f"Port {settings.port} is taken by another program", code="up.port", where="FACTORY_PORT",
                           help="Stop that program or choose another port.")
    other = ports.choose({"web": installation.web_port(home)})["web"]
    tell(f"Port {settings.port} is taken; the web door gets {other} (FACTORY_PORT chooses one).")
    return replace(settings, port=other)


class _Signals:
    """While we run, Ctrl-C and SIGTERM ask us to stop; afterwards they mean what they meant before."""

    def __init__(self, handler: Callable[[int, FrameType | None], None]) -> None:
        self.handler = handler
        self.before: dict[int, Any] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.before[number] = signal.signal(number, self.handler)

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
