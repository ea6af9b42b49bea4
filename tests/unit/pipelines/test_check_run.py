"""All checks together: order, proof, and the words that explain them."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from checkcase import sign, subject, text, verdicts
from hypothesis import given
from hypothesis import strategies as st

from pipelines.check.manual import manual
from pipelines.check.run import ASIDE, check_all, checks
from pipelines.check.scale import Scale

HEADINGS = ("What it does", "Why it is bad", "What to do", "Thresholds and their source")
DOCS = Path(__file__).parents[3] / "docs" / "checks.md"


def good() -> object:
    """A creative without fault."""
    copy = {"art_headline": "It slept on it.", "headline": "It slept on it.", "primary_text": "Steeped cold for 18 hours."}
    return subject((text("It slept on it.", 90, 120, 96),), logo=sign(90, 940), copy=copy)


def test_a_good_creative_passes_every_check_and_says_what_was_measured() -> None:
    found = check_all(good())  # type: ignore[arg-type]
    assert verdicts(found) == {"pass"}
    assert len(found) >= 7
    assert all(f.measured for f in found)


def test_the_same_creative_gives_the_same_findings_in_the_order_of_the_checks() -> None:
    first, second = check_all(good()), check_all(good())  # type: ignore[arg-type]
    assert first == second
    stems = [f.code.split(".")[0] for f in first]
    assert stems == sorted(stems)


def test_every_check_explains_itself_under_the_same_headings() -> None:
    for name, check in checks().items():
        told = inspect.getdoc(inspect.getmodule(check)) or ""
        assert told.startswith(f"{name}: "), name
        assert [h for h in HEADINGS if f"\n{h}\n" in told] == list(HEADINGS), name


def test_every_code_that_a_check_tells_can_be_explained() -> None:
    from factory.doors.explain import explain

    for name, check in checks().items():
        source = ast.parse(inspect.getsource(inspect.getmodule(check)))  # type: ignore[arg-type]
        codes = {n.value for n in ast.walk(source) if isinstance(n, ast.Constant) and isinstance(n.value, str)
                 and n.value.startswith(f"{name}.") and n.value.replace(".", "").replace("_", "").isalpha()}
        for code in {name, *codes}:
            assert f"{name}: " in explain(code).text


def test_the_manual_is_up_to_date() -> None:
    assert DOCS.read_text(encoding="utf-8") == manual(), "python -m pipelines.check.manual > docs/checks.md"


def test_slow_checks_run_only_when_named() -> None:
    assert set(ASIDE) <= set(checks())
    assert not any(f.code == "read_back" for f in check_all(good()))  # type: ignore[arg-type]


@given(st.floats(0, 100), st.floats(0, 100), st.floats(-50, 150))
def test_a_better_figure_never_gets_a_worse_verdict(floor: float, wanted: float, value: float) -> None:
    scale = Scale(code="x", floor=floor, wanted=wanted, form="{:.1f}", help="h", less=wanted < floor)
    rank = {"fail": 0, "warn": 1, "pass": 2}
    better = value - 1 if scale.less else value + 1
    assert rank[scale.verdict(better)] >= rank[scale.verdict(value)]
    assert scale.verdict(wanted) == "pass"


def test_help_is_given_only_where_something_is_to_be_done() -> None:
    scale = Scale(code="x", floor=1, wanted=2, form="{:.0f} px", help="Do it.")
    good, poor = scale.judge(3, "well", "ill"), scale.judge(1, "well", "ill")
    assert (good.fact, good.help) == ("well", "")
    assert (poor.fact, poor.help, poor.wanted) == ("ill", "Do it.", "≥ 2 px")
