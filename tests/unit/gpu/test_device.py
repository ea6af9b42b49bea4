import pytest

from gpu import device


@pytest.fixture(autouse=True)
def asked_anew():
    device.here.cache_clear()
    yield
    device.here.cache_clear()


def test_without_a_driver_torch_is_not_asked(monkeypatch):
    monkeypatch.setattr(device, "CARD_NODES", ("/nowhere/card",))
    monkeypatch.setattr(device, "_card", lambda: pytest.fail("asked"))
    found = device.here()
    assert (found.kind, found.precision) == ("cpu", "float32")
    assert found.memory > 0
    assert found.threads >= 1


def test_a_driver_without_a_working_card_means_the_processor(monkeypatch, tmp_path):
    monkeypatch.setattr(device, "CARD_NODES", (str(tmp_path),))
    monkeypatch.setattr(device, "_card", lambda: None)
    assert device.here().kind == "cpu"


def test_a_limit_of_the_control_group_is_memory_we_do_not_have(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    limit.write_text(str(3 * 2**28))
    monkeypatch.setattr(device, "CGROUP_LIMIT", limit)
    monkeypatch.setattr(device, "CARD_NODES", ())
    assert device.here().memory == 0.8


def test_one_thread_gives_back_the_threads_that_were():
    import torch

    before = torch.get_num_threads()
    with device.one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
