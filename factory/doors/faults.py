"""Telling people what is wrong: the fault on its own line, its place, and what to do. Exit codes are here too."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from factory.errors import FactoryError, Fault, InputError

EXIT_DONE, EXIT_BROKE, EXIT_INPUT, EXIT_EMPTY, EXIT_STOPPED = 0, 1, 2, 3, 130
"""Done; we broke; the input is wrong; a promised cell stayed empty; stopped by Ctrl-C (128 + SIGINT)."""

PERSONS = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError)
"""Errors of the system that a person's choice of a folder brings about."""


def as_fault(fault: Any) -> Fault:
    """A fault of a kit or of the machine, which have the same four fields, as one of ours."""
    return Fault(code=fault.code, fact=fault.fact, where=fault.where, help=fault.help)


def line(event: dict[str, Any]) -> None:
    """One event as one line of JSON on the standard output."""
    sys.stdout.write(json.dumps(event, ensure_ascii=False, sort_keys=True, default=str) + "\n")
    sys.stdout.flush()


def tell(faults: Sequence[Fault], *, as_json: bool = False) -> None:
    """Print faults: as events, or for people on the error output."""
    if as_json:
        for fault in faults:
            line({"event": "fault", "code": fault.code, "fact": fault.fact, "where": fault.where, "help": fault.help})
        return
    sys.stderr.write("".join(told(fault) for fault in faults))
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    sys.stderr.write(f"{count}. `factory explain {faults[0].code}` says more.\n")


def told(fault: Fault) -> str:
    """One fault in at most three lines: place and fact, remedy, code."""
    place = f"{fault.where}\n    " if fault.where else ""
    remedy = f"\n    {fault.help}" if fault.help else ""
    return f"{place}{fault.fact.rstrip('.')}.{remedy}  [{fault.code}]\n"


@contextmanager
def doorway(*, as_json: bool = False, going_on: str = "") -> Iterator[None]:
    """Turn whatever comes out of a command into a message and an exit code; never a traceback."""
    try:
        yield
    except InputError as error:
        tell(error.faults, as_json=as_json)
        _leave(EXIT_INPUT, as_json)
    except FactoryError as error:
        tell([error.fault], as_json=as_json)
        _leave(EXIT_INPUT if _is_refusal(error) else EXIT_BROKE, as_json)
    except KeyboardInterrupt:
        _say(f"Stopped.{' ' + going_on if going_on else ''}", as_json, "stopped")
        _leave(EXIT_STOPPED, as_json)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(EXIT_DONE) from None
    except PERSONS as error:
        fault = Fault(code="file.kind", fact=f"{error.filename}: {error.strerror}", where=str(error.filename),
                      help="Choose another folder, or change who may write there.")
        tell([fault], as_json=as_json)
        _leave(EXIT_INPUT, as_json)
    except Exception as error:  # the door: everything that is left is our own fault
        _other(error, as_json)


def _other(error: Exception, as_json: bool) -> None:
    """Kits and the machine have errors of their own with the same fields; anything else means that we broke."""
    faults = getattr(error, "faults", None) or ([error] if hasattr(error, "help") and hasattr(error, "fact") else [])
    if faults:
        tell([as_fault(f) for f in faults], as_json=as_json)
        _leave(EXIT_INPUT, as_json)
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    way = " < ".join(f"{f.name} ({f.filename.rsplit('/', maxsplit=1)[-1]}:{f.lineno})" for f in reversed(frames))
    _say(f"The program broke, which is our fault: {type(error).__name__}: {error}\n    in {way}", as_json, "error")
    _leave(EXIT_BROKE, as_json)


def _is_refusal(error: FactoryError) -> bool:
    from factory.errors import RefusedError

    return isinstance(error, RefusedError)


def _say(text: str, as_json: bool, event: str) -> None:
    if as_json:
        line({"event": event, "fact": text})
    else:
        sys.stderr.write(text + "\n")


def _leave(code: int, as_json: bool) -> None:
    if as_json:
        line({"event": "done", "exit": code, "shipped": 0})
    raise SystemExit(code)
