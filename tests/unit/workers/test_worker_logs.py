"""No secret gets into a log."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workers.logs import clean, redact

SECRETS = {
    "postgresql://factory:hunter2@db:5432/f": "hunter2",
    "redis://:hunter2@broker:6379/0": "hunter2",
    "the key cf_live_AbC123_xyz-9 was used": "AbC123",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": "MfKQ9",
    "https://s3/b/k?X-Amz-Credential=AKIA/1&X-Amz-Signature=deadbeef&x=1": "deadbeef",
    "Authorization: Bearer abcdefgh.ijkl": "abcdefgh",
}


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_what_looks_like_a_secret_is_crossed_out(text: str, secret: str) -> None:
    assert secret in text and secret not in clean(text)
    assert secret not in json.dumps(clean({"a": [text], "b": {"c": (text,)}}))


def test_fields_with_a_secrets_name_are_crossed_out_and_ids_stay() -> None:
    line = redact(None, "info", {"event": "job", "s3_secret_key": "x", "password": "x", "batch": "bat_1", "job": "compose-ab", "error": ""})
    assert line == {"event": "job", "s3_secret_key": "***", "password": "***", "batch": "bat_1", "job": "compose-ab", "error": ""}


def test_every_line_is_a_json_object_also_from_libraries() -> None:
    code = ("import logging\nfrom workers import logs\nlogs.configure('info')\nlogs.logger().info('job', batch='b', url='redis://:pw1@h')\n"
            "logging.getLogger('celery').warning('lost %s', 'redis://:pw2@h')\n"
            "try: 1 / 0\nexcept ZeroDivisionError: logs.logger().exception('broke')\nlogs.logger().debug('unseen')")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    lines = [json.loads(line) for line in told.splitlines()]
    assert [x["event"] for x in lines] == ["job", "lost redis://:***@h", "broke"]
    assert lines[0]["batch"] == "b" and "pw" not in told and "ZeroDivisionError" in lines[2]["exception"]
