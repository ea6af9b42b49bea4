"""The store as a bucket of an S3 server: the only place that knows boto3.

Digests go with every object twice: as a checksum that the server checks on arrival, and as metadata that comes back
with it. boto3's own retries are off: only one who knows which try it is can tell a lost answer from a lost race.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from factory.errors import Fault, InputError, StoreError
from factory.storage import words
from factory.storage.folder import FolderStorage, digest_of
from factory.storage.multipart import Upload
from factory.storage.port import CHUNK, PART, PLAIN, Post, Stat, Storage, check_key, check_prefix, too_long, wrong_digest
from factory.storage.retry import Passing, Retry

CONNECT_S, READ_S = 5, 30
ATTEMPTS = 8
"""Tries of a call: some six seconds of a server that refuses at once, four minutes of one that never answers."""
KEYS_A_CALL = 1000
LONGEST_LINK_S = 7 * 24 * 3600
"""Seven days: the longest that a signature of version 4 may live."""
LOCAL = ("127.0.0.1", "localhost", "::1")


def open_storage(
    *, endpoint: str, bucket: str, region: str, access_key: str, secret_key: str, public_endpoint: str = "",
    attempts: int = ATTEMPTS, read_s: float = READ_S,
) -> Storage:
    """The store at an endpoint: `http(s)://...`, "" for Amazon's own of the region, or `file:///folder`.

    Nothing is sent yet. One who may not wait (a probe, a page) sets fewer `attempts` and seconds to wait for an answer.
    InputError for an endpoint of another form.
    """
    if endpoint.startswith("file://"):
        return FolderStorage(Path(unquote(urlsplit(endpoint).path)))
    return S3Storage(endpoint=endpoint, bucket=bucket, region=region, access_key=access_key, secret_key=secret_key,
                     public_endpoint=public_endpoint, attempts=attempts, read_s=read_s)


class S3Storage:
    """A bucket. Safe to share between threads; make one in each process.

    `public_endpoint` is what presigned links name, where others reach the server by another address than we do.
    """

    def __init__(
        self, *, endpoint: str, bucket: str, region: str, access_key: str, secret_key: str, public_endpoint: str = "",
        attempts: int = ATTEMPTS, read_s: float = READ_S, part: int = PART,
    ) -> None:
        self.endpoint, self.bucket, self.region = _checked(endpoint), bucket, region
        self.retry, self.part = Retry(attempts), part
        self._client = _client(self.endpoint, region, access_key, secret_key, read_s)
        public = _checked(public_endpoint)
        self._signer = _client(public, region, access_key, secret_key, read_s) if public else self._client

    def __repr__(self) -> str:
        return f"S3Storage({self.endpoint or 'Amazon'!r}, {self.bucket!r})"

    def ensure_bucket(self) -> None:
        """See Storage."""
        try:
            self.call("head_bucket", self.bucket)
            return
        except StoreError as error:
            if error.fault.code not in ("storage.missing", "storage.bucket"):
                raise
        own = {} if self.endpoint or self.region == "us-east-1" else {"LocationConstraint": self.region}
        try:
            self.call("create_bucket", self.bucket, **({"CreateBucketConfiguration": own} if own else {}))
        except StoreError as error:
            if error.fault.code != "storage.taken":  # another start made it since we looked
                raise

    def put(self, key: str, data: bytes | Path, *, content_type: str = PLAIN, sha256: str | None = None) -> Stat:
        """See Storage. From `part` bytes on it goes in parts, each of them tried again by itself."""
        check_key(key)
        found = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else _digest_of_file(data, key)
        if sha256 is not None and found != sha256:
            raise wrong_digest(key, sha256, found)
        with Upload(self, key, content_type, sha256=found) as upload:
            for piece in _pieces(data):
                upload.write(piece)
            if upload.sha256 != found:
                raise wrong_digest(key, found, upload.sha256)  # the file changed while it was sent
        return Stat(key=key, size=upload.size, sha256=found, content_type=content_type, modified=datetime.now(UTC))

    def put_new(self, key: str, data: bytes, *, content_type: str = PLAIN) -> bool:
        """See Storage. When an answer was lost, a word in the metadata tells whether it was we who came first."""
        check_key(key)
        token, tries = secrets.token_hex(8), 0

        def attempt() -> None:
            nonlocal tries
            tries += 1
            self._once("put_object", key, {**plain_put(key, data, content_type, {"writer": token}), "IfNoneMatch": "*"})

        try:
            self.retry(attempt)
        except StoreError as error:
            if error.fault.code != "storage.taken":
                raise
            return tries > 1 and self.call("head_object", key, Key=key)["Metadata"].get("writer") == token
        return True

    def get(self, key: str, *, limit: int | None = None) -> bytes:
        """See Storage."""
        check_key(key)

        def attempt() -> bytes:
            response = self._once("get_object", key, {"Key": key})
            with words.told(key), _closing(response["Body"]) as body:
                if limit is not None and response["ContentLength"] > limit:
                    raise too_long(key, response["ContentLength"], limit)
                data: bytes = body.read()
            wanted = response["Metadata"].get("sha256")
            found = hashlib.sha256(data).hexdigest()
            if wanted is not None and found != wanted:
                raise Passing(wrong_digest(key, wanted, found))
            return data

        return self.retry(attempt)

    def open(self, key: str) -> Iterator[bytes]:
        """See Storage. A cut connection is taken up where it broke, as long as the object is the same."""
        return self._chunks(key, self.call("get_object", key, Key=check_key(key)))

    def _chunks(self, key: str, response: Mapping[str, Any]) -> Iterator[bytes]:
        same, size, at, broken = response["ETag"], response["ContentLength"], 0, 0
        while True:
            try:
                with words.told(key), _closing(response["Body"]) as body:
                    while chunk := body.read(CHUNK):
                        at, broken = at + len(chunk), 0
                        yield chunk
                return
            except Passing as trouble:
                broken += 1
                if broken >= self.retry.attempts:
                    raise trouble.last_word from trouble.__cause__
            if at == size:
                return
            response = self.call("get_object", key, Key=key, Range=f"bytes={at}-", IfMatch=same)

    def head(self, key: str) -> Stat | None:
        """See Storage."""
        try:
            found = self.call("head_object", key, Key=check_key(key), ChecksumMode="ENABLED")
        except StoreError as error:
            if error.fault.code == "storage.missing":
                return None
            raise
        return Stat(key=key, size=found["ContentLength"], sha256=_digest_in(found), content_type=found.get("ContentType", PLAIN),
                    modified=found["LastModified"])

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """See Storage. Sorted here: some servers list folder by folder, which is another order."""
        check_prefix(prefix)
        found: dict[str, Stat] = {}
        more: dict[str, str] = {}
        while True:
            page = self.call("list_objects_v2", prefix, Prefix=prefix, **more)
            for o in page.get("Contents", ()):
                found[o["Key"]] = Stat(key=o["Key"], size=o["Size"], sha256=None, content_type=PLAIN, modified=o["LastModified"])
            if not page.get("IsTruncated"):
                return iter([found[k] for k in sorted(found)])
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, keys: Iterable[str]) -> None:
        """See Storage."""
        named = iter(keys)
        while some := [{"Key": check_key(k)} for k in islice(named, KEYS_A_CALL)]:
            self.retry(lambda some=some: self._delete(some))  # type: ignore[misc]

    def _delete(self, some: Sequence[Mapping[str, str]]) -> None:
        left = self._once("delete_objects", some[0]["Key"], {"Delete": {"Objects": some, "Quiet": True}}).get("Errors", ())
        for fault in left:
            raise words.by_code(fault.get("Code", ""), 500, fault.get("Key", ""))

    def copy(self, source: str, target: str) -> Stat:
        """See Storage. Type and digest go with the copy."""
        self.call("copy_object", source, Key=check_key(target), CopySource={"Bucket": self.bucket, "Key": check_key(source)})
        copied = self.head(target)
        if copied is None:
            raise StoreError(f"{target} is gone after it was copied", code="storage.down", where=target, help="Try again.")
        return copied

    def presign_get(self, key: str, filename: str, seconds: int, *, inline: bool = False) -> str:
        """See Storage."""
        named = {"Bucket": self.bucket, "Key": check_key(key), "ResponseContentDisposition": disposition(filename, inline=inline)}
        return str(self._signer.generate_presigned_url("get_object", Params=named, ExpiresIn=_life(seconds)))

    def presign_post(self, key: str, *, max_bytes: int, content_type: str, seconds: int) -> Post:
        """See Storage. The server refuses another type, an empty file and a longer one."""
        rules = [{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]]
        form = self._signer.generate_presigned_post(self.bucket, check_key(key), Fields={"Content-Type": content_type},
                                                    Conditions=rules, ExpiresIn=_life(seconds))
        return Post(url=form["url"], fields=form["fields"])

    @contextmanager
    def writer(self, key: str, *, content_type: str = PLAIN) -> Iterator[Upload]:
        """See Storage."""
        with Upload(self, check_key(key), content_type) as upload:
            yield upload

    def sweep(self, older_than_s: int) -> int:
        """See Storage."""
        before, swept = datetime.now(UTC) - timedelta(seconds=older_than_s), 0
        more: dict[str, str] = {}
        while True:
            page = self.call("list_multipart_uploads", self.bucket, **more)
            for left in page.get("Uploads", ()):
                if left["Initiated"] <= before:
                    self.call("abort_multipart_upload", left["Key"], Key=left["Key"], UploadId=left["UploadId"])
                    swept += 1
            if not page.get("IsTruncated"):
                return swept
            more = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}

    def call(self, verb: str, where: str, **arguments: Any) -> dict[str, Any]:
        """One call of the S3 interface on the bucket, tried again while the trouble may pass."""
        return self.retry(lambda: self._once(verb, where, arguments))

    def _once(self, verb: str, where: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        with words.told(where):
            answer: dict[str, Any] = getattr(self._client, verb)(Bucket=self.bucket, **arguments)
        return answer


def plain_put(key: str, data: bytes, content_type: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of put_object for a whole object, with its digest in both places."""
    found = hashlib.sha256(data)
    return {"Key": key, "Body": data, "ContentType": content_type, "ChecksumSHA256": base64.b64encode(found.digest()).decode(),
            "Metadata": {"sha256": found.hexdigest(), **metadata}}


def disposition(filename: str, *, inline: bool) -> str:
    """Content-Disposition with a name in any script: the plain name for old readers, RFC 5987 for the others."""
    name = "".join(c for c in filename if c.isprintable() and c not in '/\\"').strip(". ")[:150] or "download"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _client(endpoint: str, region: str, access_key: str, secret_key: str, read_s: float) -> Any:
    from botocore.config import Config

    local = urlsplit(endpoint).hostname in LOCAL
    config = Config(
        connect_timeout=min(CONNECT_S, read_s), read_timeout=read_s, retries={"total_max_attempts": 1}, max_pool_connections=16,
        signature_version="s3v4", s3={"addressing_style": "path" if endpoint else "virtual"}, tcp_keepalive=True,
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True, proxies={} if local else None,  # a proxy cannot reach this machine's loopback
    )
    with _MAKING:
        return _session().client("s3", region_name=region, endpoint_url=endpoint or None, config=config,
                                 aws_access_key_id=access_key, aws_secret_access_key=secret_key)


_MAKING = Lock()  # clients may be shared between threads; a session that makes them may not


@lru_cache(maxsize=1)
def _session() -> Any:
    """boto3's descriptions of services, read once: that is most of what a client costs. No keys in it."""
    import boto3

    return boto3.session.Session()


def _checked(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if endpoint and (parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc):
        raise InputError([Fault(code="storage.endpoint", fact="The address of the S3 server cannot be used",
                                where="FACTORY_S3_ENDPOINT", help="Write http://host:port, without user and password.")])
    return endpoint.rstrip("/")


def _life(seconds: int) -> int:
    return max(1, min(seconds, LONGEST_LINK_S))


def _digest_in(found: Mapping[str, Any]) -> str | None:
    """A whole object's checksum as the server knows it; else what we wrote beside it."""
    checksum = found.get("ChecksumSHA256", "")
    if checksum and "-" not in checksum:
        return base64.b64decode(checksum).hex()
    return found.get("Metadata", {}).get("sha256") or None


def _digest_of_file(path: Path, key: str) -> str:
    with words.told_of_file(path, key):
        return digest_of(_pieces(path))


def _pieces(data: bytes | Path) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
    else:
        with data.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece


@contextmanager
def _closing(body: Any) -> Iterator[Any]:
    try:
        yield body
    finally:
        body.close()
