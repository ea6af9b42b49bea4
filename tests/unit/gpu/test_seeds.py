from gpu import seeds


def test_a_seed_is_the_same_on_any_machine():
    assert seeds.derive(7, "wash", "haze") == 4368786352211232084


def test_names_are_kept_apart():
    names = [(7, "ab", "c"), (7, "a", "bc"), (7, "abc"), (8, "abc")]
    assert len({seeds.derive(*n) for n in names}) == 4


def test_a_seed_fits_a_generator_and_its_noise_repeats():
    import torch

    first, second = (torch.randn(4, generator=seeds.generator(seeds.derive(2**40, "x"))) for _ in range(2))
    assert torch.equal(first, second)
