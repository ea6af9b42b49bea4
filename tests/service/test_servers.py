"""The servers of the table, each started for real."""

from __future__ import annotations

from typing import Any

import pytest


def test_each_test_has_a_database_of_its_own(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as db:
        assert db.execute("SELECT current_setting('server_version_num')::int / 10000").fetchone() == (18,)
        db.execute("CREATE TABLE only_here (n int)")


def test_the_next_test_sees_nothing_of_it(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as db:
        assert db.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


def test_postgres_wants_a_password(postgres_url: str) -> None:
    import psycopg

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres_url.replace(":", ":not", 2).replace("postgresql:not", "postgresql:"))


def test_valkey_wants_a_password_and_keeps_what_it_is_given(valkey_url: str) -> None:
    import valkey

    client = valkey.Valkey.from_url(valkey_url)
    client.set("k", "v")
    assert client.get("k") == b"v"
    client.close()
    stranger = valkey.Valkey.from_url(valkey_url.replace(":", ":not", 2).replace("redis:not", "redis:"))
    with pytest.raises(valkey.AuthenticationError):
        stranger.ping()
    stranger.close()


def test_s3_keeps_an_object_and_writes_it_once_only(s3: Any) -> None:
    import boto3
    import botocore.exceptions

    client = boto3.client("s3", endpoint_url=s3.endpoint, aws_access_key_id=s3.access_key, aws_secret_access_key=s3.secret_key, region_name=s3.region)
    client.put_object(Bucket=s3.bucket, Key="a/b", Body=b"one", IfNoneMatch="*")
    with pytest.raises(botocore.exceptions.ClientError, match=r"PreconditionFailed|412"):
        client.put_object(Bucket=s3.bucket, Key="a/b", Body=b"two", IfNoneMatch="*")
    body = client.get_object(Bucket=s3.bucket, Key="a/b")["Body"]
    assert body.read() == b"one"
    body.close()
    client.close()
