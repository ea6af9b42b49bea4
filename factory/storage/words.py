"""What an S3 server says, in our words: which trouble may pass, which will not, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from factory.errors import StoreError
from factory.storage.port import missing
from factory.storage.retry import Passing

PASSING = frozenset((
    "SlowDown", "SlowDownRead", "SlowDownWrite", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted",
    "ConditionalRequestConflict", "Throttling", "ThrottlingException", "TooManyRequests", "BadDigest",
    "XAmzContentSHA256Mismatch", "IncompleteBody",
))
"""Codes that a second try may cure, whatever their status. A wrong digest is one: we hashed what we sent."""

TAKEN = frozenset(("PreconditionFailed", "BucketAlreadyOwnedByYou", "BucketAlreadyExists"))
DENIED = {
    "RequestTimeTooSkewed": "Set this machine's clock: it is too far from the server's.",
    "InvalidAccessKeyId": "Correct FACTORY_S3_ACCESS_KEY.",
    "SignatureDoesNotMatch": "Correct FACTORY_S3_SECRET_KEY.",
}


@contextmanager
def told(where: str) -> Iterator[None]:
    """Errors of boto3 as ours: Passing when trying again may help, StoreError when not."""
    from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, IncompleteReadError

    try:
        yield
    except ClientError as error:
        answer = error.response
        code = str(answer.get("Error", {}).get("Code", ""))
        raise by_code(code, int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)), where) from error
    except (ConnectionError, HTTPClientError, IncompleteReadError) as error:
        raise Passing(_down(where, "does not answer")) from error
    except BotoCoreError as error:
        raise StoreError("The call to the object store is wrong", code="storage.refused", where=where,
                         help=f"Check the FACTORY_S3 settings ({type(error).__name__}).") from error


def by_code(code: str, status: int, where: str) -> Passing | StoreError:
    """The error for a server's code and status."""
    if code in TAKEN or status == 412:
        return StoreError(f"{where} is another's or has changed", code="storage.taken", where=where, help="Look what is there.")
    if code in PASSING or status >= 500 or status in (408, 429):
        return Passing(_down(where, f"answers {code or status}"))
    if status == 404:
        return _absent(code, where)
    if status in (401, 403) or code in DENIED:
        return StoreError("The object store refuses us", code="storage.denied", where=where,
                          help=DENIED.get(code, "Give these keys the right to read, write and list in the bucket."))
    return StoreError(f"The object store refuses this ({code or status})", code="storage.refused", where=where,
                      help="Look in the server's log; this is a fault of ours or of its settings.")


def _absent(code: str, where: str) -> StoreError:
    if code == "NoSuchBucket":
        return StoreError("There is no such bucket", code="storage.bucket", where=where,
                          help="Make it, or correct FACTORY_BUCKET.")
    if code == "NoSuchUpload":
        return StoreError(f"The upload of {where} is gone", code="storage.no_upload", where=where, help="Store it again.")
    return missing(where)


def _down(where: str, what: str) -> StoreError:
    return StoreError(f"The object store {what}", code="storage.down", where=where,
                      help="Is the server up? `factory doctor` says; the work goes on when it is back.")


@contextmanager
def told_of_file(path: Path, key: str) -> Iterator[None]:
    """A file of ours that cannot be read."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"The file for {key} cannot be read ({error.strerror})", code="storage.missing", where=path.name,
                         help="Make it again.") from error
