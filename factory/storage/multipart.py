"""One object on its way into a bucket: whole when it is small, in parts when it is not; there at the end or never."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol

from factory.errors import StoreError


class Bucket(Protocol):
    """The part of S3Storage that an upload needs."""

    part: int

    def call(self, verb: str, where: str, **arguments: Any) -> dict[str, Any]:
        """One call of the S3 interface, tried again while the trouble may pass."""
        ...


class Upload:
    """A Writer that holds at most one part in memory. Used as a context manager: an error in the block aborts it."""

    def __init__(self, bucket: Bucket, key: str, content_type: str, *, sha256: str | None = None) -> None:
        self._bucket, self._key, self._type = bucket, key, content_type
        self._said = sha256
        self._held, self._hash, self._size = bytearray(), hashlib.sha256(), 0
        self._id, self._parts = "", list[dict[str, Any]]()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._size

    @property
    def sha256(self) -> str:
        """Digest so far, 64 hex digits."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        """Take bytes; a full part is sent at once."""
        self._hash.update(data)
        self._size += len(data)
        view = memoryview(data)
        while view:
            taken = view[: self._bucket.part - len(self._held)]
            self._held += taken
            view = view[len(taken) :]
            if len(self._held) == self._bucket.part:
                self._send()
        return len(data)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            self._abort()
            return
        try:
            self._finish()
        except BaseException:
            self._abort()
            raise

    def _finish(self) -> None:
        if not self._parts:
            self._bucket.call("put_object", self._key, Key=self._key, Body=bytes(self._held), ContentType=self._type,
                              ChecksumSHA256=_base64(self._hash.digest()), Metadata={"sha256": self.sha256})
            return
        if self._held:
            self._send()
        self._complete()

    def _send(self) -> None:
        if not self._id:
            metadata: Mapping[str, str] = {"sha256": self._said} if self._said else {}
            opened = self._bucket.call("create_multipart_upload", self._key, Key=self._key, ContentType=self._type,
                                       ChecksumAlgorithm="SHA256", Metadata=metadata)
            self._id = opened["UploadId"]
        number, data = len(self._parts) + 1, bytes(self._held)
        checksum = _base64(hashlib.sha256(data).digest())
        sent = self._bucket.call("upload_part", self._key, Key=self._key, UploadId=self._id, PartNumber=number, Body=data,
                                 ChecksumSHA256=checksum)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum})
        self._held.clear()

    def _complete(self) -> None:
        """Join the parts. An upload that is gone may be one whose answer was lost: then the object is there."""
        try:
            self._bucket.call("complete_multipart_upload", self._key, Key=self._key, UploadId=self._id,
                              MultipartUpload={"Parts": self._parts})
        except StoreError as error:
            if error.fault.code != "storage.no_upload" or not self._arrived():
                raise

    def _arrived(self) -> bool:
        found = self._bucket.call("head_object", self._key, Key=self._key, ChecksumMode="ENABLED")
        digests = b"".join(base64.b64decode(p["ChecksumSHA256"]) for p in self._parts)
        whole = f"{_base64(hashlib.sha256(digests).digest())}-{len(self._parts)}"
        return bool(found["ContentLength"] == self._size and found.get("ChecksumSHA256", whole) == whole)

    def _abort(self) -> None:
        """Take the parts away. What this cannot reach, `sweep` finds later."""
        if self._id:
            with suppress(StoreError):
                self._bucket.call("abort_multipart_upload", self._key, Key=self._key, UploadId=self._id)


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
