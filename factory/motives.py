"""Why somebody would stop and care: the motives a concept can speak to, one row each.

`needs` names what the brief must hold; `hooks` the openings that suit the motive, best first; `idea` is the sentence
that a concept of this motive can be told in (design practice: two concepts that share a sentence are one).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Motive:
    """One reason to care."""

    name: str
    needs: tuple[str, ...]
    hooks: tuple[str, ...]
    idea: str


MOTIVES: tuple[Motive, ...] = (
    Motive(name="desire", needs=(), hooks=("statement", "scene"), idea="{tribe} see {product} in the moment before"),
    Motive(name="fact", needs=("figure",), hooks=("number", "statement"), idea="{fact}, drawn so that it can be counted"),
    Motive(name="trust", needs=("rating",), hooks=("statement",), idea="somebody else says it about {product}: {proof}"),
    Motive(name="voice", needs=("quote",), hooks=("voice",), idea="one person's own sentence about {product}: {proof}"),
    Motive(name="attitude", needs=(), hooks=("contrast", "statement"), idea="a line {tribe} would say out loud"),
    Motive(name="habit", needs=(), hooks=("question", "scene"), idea="where {product} enters the day of {tribe}"),
    Motive(name="craft", needs=(), hooks=("statement", "scene"), idea="how it is made: {fact}"),
    Motive(name="reasons", needs=("three_facts",), hooks=("command", "number"), idea="three plain reasons for {product}"),
    Motive(name="price", needs=("price",), hooks=("number", "statement"), idea="what {product} costs, said without shame"),
    Motive(name="wit", needs=(), hooks=("contrast", "question"), idea="two thoughts that meet in {product}"),
    Motive(name="presence", needs=(), hooks=("statement",), idea="{product} alone, sure of itself"),
    Motive(name="absence", needs=("absence",), hooks=("absence", "contrast"), idea="what is not in {product}: {fact}"),
    Motive(name="deadline", needs=("deadline",), hooks=("command", "number"), idea="a date after which the offer is gone"),
)

BY_NAME = {m.name: m for m in MOTIVES}
