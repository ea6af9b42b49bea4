import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.plate.prompt import IDEA_WORDS, colour_words, plain_words, scene_prompt

PALETTE = {"ground": "#F7EDE0", "surface": "#C8B6E2", "accent": "#F05A28"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("#F05A28", "orange"), ("#1C1A3B", "deep indigo"), ("#C8B6E2", "soft violet"), ("#F7EDE0", "warm white"),
        ("#FFFFFF", "white"), ("#808080", "grey"), ("#000000", "black"), ("#0A7D4B", "dark green"), ("#E8112D", "red"),
        ("#F2C300", "soft yellow"), ("#FF8FB1", "soft rose"),
    ],
)  # fmt: skip
def test_a_colour_has_a_name(code, words):
    assert colour_words(code) == words


def test_a_prompt_says_scene_light_colours_and_idea():
    assert scene_prompt("Stairs in low sun", ("evening", "warm"), PALETTE, "Steeped for 18 hours!") == (
        "Editorial photograph of an empty set: Stairs in low sun. evening, warm light. "
        "colours of warm white, soft violet and orange. in the spirit of: Steeped for 18 hours. "
        "clear ground in front, calm space above, fine texture, no text."
    )


def test_a_prompt_without_an_idea_has_no_gap():
    assert "spirit" not in scene_prompt("Wall", (), PALETTE, "!!! ...")


@given(st.text(max_size=400))
def test_a_persons_text_is_only_ever_plain_words(text):
    words = plain_words(text)
    assert not set(words) & set('()[]{}<>:;,."\\/|*=\n')
    assert len(words.split()) <= IDEA_WORDS


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_every_colour_has_a_name(rgb):
    assert colour_words("#{:02X}{:02X}{:02X}".format(*rgb)).replace(" ", "").isalpha()
