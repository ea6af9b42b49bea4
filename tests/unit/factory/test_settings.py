"""Settings are read once, whole, and never tell their secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.errors import InputError
from factory.settings import Settings, env_name


def test_without_an_environment_everything_has_its_default():
    assert Settings.read({"PATH": "/bin"}) == Settings()


def test_what_is_read_can_be_handed_to_a_child():
    read = Settings.read({"FACTORY_PORT": "9000", "FACTORY_FOUR_EYES": "yes", "FACTORY_HOME": "/srv/factory", "FACTORY_BUCKET": "b"})
    assert (read.port, read.four_eyes, read.home, read.bucket) == (9000, True, Path("/srv/factory"), "b")
    assert Settings.read(read.environ()) == read


def test_every_wrong_value_and_every_unknown_name_is_told_at_once():
    with pytest.raises(InputError) as caught:
        Settings.read({"FACTORY_PORT": "many", "FACTORY_FOUR_EYES": "perhaps", "FACTORY_DATABSE_URL": "postgresql://"})
    assert [f.fact for f in caught.value.faults] == [
        "FACTORY_PORT is not a whole number", "FACTORY_FOUR_EYES is not 1 or 0", "No setting is called FACTORY_DATABSE_URL"]


def test_secrets_never_stand_in_the_repr():
    secret = "hunter2"
    names = ("database_url", "broker_url", "s3_access_key", "s3_secret_key", "metrics_token")
    assert secret not in repr(Settings.read({env_name(n): secret for n in names}))
