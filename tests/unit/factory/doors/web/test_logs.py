from __future__ import annotations

import json

import pytest
import structlog

from factory.doors.web.logs import HIDDEN, configure, redacted

SECRETS = [
    "cf_live_" + "a" * 43, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Bearer abcdefgh12345",
    "http://s3/b/k?X-Amz-Signature=deadbeef0123&X-Amz-Credential=AKIA%2F2026", "postgresql://factory:hunter2@db/factory",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    told = str(redacted({"fact": f"x {secret} y", "list": [secret], "deep": {"way": (secret,)}}))
    assert HIDDEN in told
    for part in ("aaaa", "MfKQ9", "abcdefgh", "deadbeef", "AKIA", "hunter2"):
        assert part not in told


@pytest.mark.parametrize("name", ["password", "Authorization", "api_key", "s3_secret_key", "metrics_token", "Set-Cookie", "credentials"])
def test_what_is_called_a_secret_is_hidden(name: str) -> None:
    assert redacted({name: "x"}) == {name: HIDDEN}


def test_the_rest_stays_as_it_is() -> None:
    facts = {"path": "/v1/briefs", "status": 200, "batch": "bat_0", "ms": 1.5, "actor": None, "token": ""}
    assert redacted(facts) == facts


def test_a_traceback_tells_the_way_but_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        configure("info")
        try:
            password = "hunter2"
            raise RuntimeError(len(password))
        except RuntimeError as broke:
            structlog.get_logger("x").error("request.broke", exc_info=broke)
        line = capsys.readouterr().err
    finally:
        structlog.configure(**before)
    told = json.loads(line)["exception"][0]
    assert told["exc_type"] == "RuntimeError" and told["frames"][-1]["name"].startswith("test_a_traceback")
    assert "hunter2" not in line


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        configure("info")
        structlog.get_logger("x").info("request", path="/v1", key_given="cf_live_abc", error="a\nb")
        structlog.get_logger("x").debug("quiet")
        lines = capsys.readouterr().err.splitlines()
    finally:
        structlog.configure(**before)
    told = [json.loads(line) for line in lines]
    assert len(told) == 1 and told[0]["event"] == "request" and told[0]["level"] == "info" and told[0]["key_given"] == HIDDEN
