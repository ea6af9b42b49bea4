"""What `factory up`, `factory down` and `factory doctor` do, given their options: settings are read from the environment here."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from factory.settings import Settings, env_name


def up(*, detach: bool, check: bool, env: bool, only: Sequence[str], as_json: bool) -> int:
    """Run, start in the background, or show the service. The exit code."""
    settings = Settings.read(os.environ)
    if check:
        return _check(settings, as_json)
    if env:
        return _print_environ(settings)
    if detach:
        from factory.doors.up import background

        background.detach(settings, [word for name in only for word in ("--only", name)], say)
        return 0
    from factory.doors.up.supervisor import Supervisor

    Supervisor(settings, say, only=only, port_fixed=env_name("port") in os.environ).run()
    return 0


def _print_environ(settings: Settings) -> int:
    import shlex

    from factory.doors.up.reach import shell_environ

    for name, value in shell_environ(settings).items():
        say(f"export {name}={shlex.quote(value)}")
    return 0


def down(*, now: bool) -> int:
    """Stop the service. The exit code."""
    from factory.doors.up import background

    background.down(Settings.read(os.environ), say, now=now)
    return 0


def say(text: str) -> None:
    """A line for people. That nobody reads on is no reason for the service to end."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _check(settings: Settings, as_json: bool) -> int:
    from factory.doors.up import background

    rows = background.check(settings)
    if as_json:
        from factory.doors.faults import line

        line({"parts": rows})
    elif not rows:
        say("Nothing runs here. `factory up` starts it.")
    for row in [] if as_json else rows:
        said = row["state"] if row["answers"] or row["state"] != "running" else "does not answer"
        process = f", process {row['pid']}" if row['pid'] else ""
        say(f"{row['part']:<15} {row['port'] or '':>5}  {said}{process}")
    return 0 if rows and all(r["answers"] for r in rows) else 1


def doctor(*, as_json: bool) -> int:
    """Examine the service. The exit code: 1 when something must be mended."""
    from factory.doors.up import doctor as clinic
    from factory.doors.up import installation, machine_checks, service_checks

    settings = Settings.read(os.environ)
    patient = clinic.Patient(settings=settings, here=installation.installed(settings))
    try:
        found = clinic.examine(patient, (*machine_checks.CHECKS, *service_checks.CHECKS))
    finally:
        if "database" in patient.facts:
            patient.facts["database"].close()
    if as_json:
        from factory.doors.faults import line

        line({"checks": clinic.rows(found)})
    else:
        say(clinic.report(found))
    return 1 if any(reading.level == "fail" for _, reading in found) else 0
