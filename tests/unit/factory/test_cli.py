"""The command line as people and programs meet it: what it prints, where, and the code it ends with."""



from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from factory.doors import cli, faults
from factory.doors.explain import explain, pages
from factory.doors.progress import Tally, plain
from factory.doors.tables import quote
from factory.errors import InputError
from factory.options import MakeOptions

KIT = "brand_kits/samples/vesper"
BRIEF = f"{KIT}/briefs/cold-brew.yaml"
SMALLEST = "tests/data/brief.yaml"
Hand = Callable[[MakeOptions, Callable[[dict[str, Any]], None]], int]


def call(*args: str) -> Result:
    return CliRunner().invoke(cli.app, list(args))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hand], list[MakeOptions]]:
    """Put another hand in the place of `workers.local.make`, and collect what it is given."""

    def use(hand: Hand) -> list[MakeOptions]:
        seen: list[MakeOptions] = []

        def make(options: MakeOptions, report: Callable[[dict[str, Any]], None]) -> int:
            seen.append(options)
            return hand(options, report)

        monkeypatch.setattr("workers.local.make", make)
        return seen

    return use


# ------------------------------------------------------------------------------------------------------- make


def test_make_passes_on_what_is_asked(making: Callable[[Hand], list[MakeOptions]], tmp_path: Path) -> None:
    seen = making(lambda options, report: 0)
    done = call("make", BRIEF, "--kit", KIT, "--out", str(tmp_path), "--variants", "6", "--seed", "5", "--image-model", "sdxl",
                "--copy-model", "none", "--no-video", "--jobs", "2", "--fresh")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert seen == [MakeOptions(brief=Path(BRIEF), kit=Path(KIT), out=tmp_path, variants=6, seed=5, image_model="sdxl",
                                copy_model="none", video=False, jobs=2, fresh=True)]  # fmt: skip


def test_make_leaves_to_brief_and_machine_what_is_not_asked(making: Callable[[Hand], list[MakeOptions]]) -> None:
    seen = making(lambda options, report: 0)
    call("make", BRIEF, "--kit", KIT, "--out", "o")
    assert seen == [MakeOptions(brief=Path(BRIEF), kit=Path(KIT), out=Path("o"))]


@pytest.mark.parametrize("code", [0, 1, 3])
def test_make_ends_with_the_code_of_the_batch(making: Callable[[Hand], list[MakeOptions]], code: int) -> None:
    making(lambda options, report: code)
    assert call("make", BRIEF, "--kit", KIT, "--out", "o").exit_code == code


def test_wrong_input_ends_with_two_and_every_fault(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("version: 1\n")
    (tmp_path / "kit").mkdir()
    done = call("make", str(tmp_path / "b.yaml"), "--kit", str(tmp_path / "kit"), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "kit.yaml" in done.stderr and "tribes is missing" in done.stderr
    assert done.stdout == ""


def test_stopped_by_a_person_it_says_how_to_go_on(making: Callable[[Hand], list[MakeOptions]]) -> None:
    def stop(options: MakeOptions, report: object) -> int:
        raise KeyboardInterrupt

    making(stop)
    done = call("make", BRIEF, "--kit", KIT, "--out", "o")
    assert (done.exit_code, done.stderr) == (130, "Stopped. The same command goes on from here.\n")


def test_a_fault_of_ours_is_one_line_and_no_traceback(making: Callable[[Hand], list[MakeOptions]]) -> None:
    making(lambda options, report: 1 // 0)
    done = call("make", BRIEF, "--kit", KIT, "--out", "o")
    assert done.exit_code == 1
    assert done.stderr.startswith("The program broke, which is our fault: ZeroDivisionError")
    assert "Traceback" not in done.output + done.stderr


def test_events_come_one_a_line_and_the_last_is_done(making: Callable[[Hand], list[MakeOptions]]) -> None:
    def work(options: MakeOptions, report: Callable[[dict[str, Any]], None]) -> int:
        report({"event": "job", "stage": "compose", "job": "compose-1", "state": "done", "done": 1, "total": 1})
        report({"event": "done", "exit": 0, "shipped": 6})
        return 0

    making(work)
    events = lines(call("make", BRIEF, "--kit", KIT, "--out", "o", "--json").stdout)
    assert [e["event"] for e in events] == ["job", "done"]
    assert events[-1] == {"event": "done", "exit": 0, "shipped": 6}


def test_wrong_input_is_events_too(tmp_path: Path) -> None:
    done = call("make", str(tmp_path / "gone.yaml"), "--kit", KIT, "--out", "o", "--json")
    events = lines(done.stdout)
    assert events[0] == {"event": "fault", "code": "file.missing", "fact": "There is no file gone.yaml", "where": "gone.yaml",
                         "help": "Put the file there or correct its name."}  # fmt: skip
    assert events[-1] == {"event": "done", "exit": 2, "shipped": 0}
    assert (done.exit_code, done.stderr) == (2, "")


def test_an_offer_that_is_over_is_made_but_not_in_silence(making: Callable[[Hand], list[MakeOptions]], tmp_path: Path) -> None:
    text = Path(SMALLEST).read_text().replace("[en, fr, de]", "[en]")
    (tmp_path / "b.yaml").write_text(text + "\noffer: {text: Two for one, terms: Once., end: 2020-01-31}\n")
    seen = making(lambda options, report: 0)
    done = call("make", str(tmp_path / "b.yaml"), "--kit", KIT, "--out", "o")
    assert len(seen) == 1
    assert "Take care: The offer ended on 2020-01-31." in done.stdout
    assert call("validate", str(tmp_path / "b.yaml")).exit_code == 2


@pytest.mark.parametrize("args", [["--variants", "0"], ["--variants", "many"], ["--seed", "-1"], ["--jobs", "0"], ["--nope"]])
def test_a_wrong_option_ends_with_two(args: list[str]) -> None:
    done = call("make", BRIEF, "--kit", KIT, "--out", "o", *args)
    assert done.exit_code == 2
    assert args[0] in done.stderr


def test_a_folder_that_may_not_be_written_is_told(making: Callable[[Hand], list[MakeOptions]]) -> None:
    def refuse(options: MakeOptions, report: object) -> int:
        raise PermissionError(13, "Permission denied", "/out")

    making(refuse)
    done = call("make", BRIEF, "--kit", KIT, "--out", "/out")
    assert done.exit_code == 2
    assert "/out: Permission denied." in done.stderr


# -------------------------------------------------------------------------------------------- the other commands


def test_validate_says_that_nothing_is_wrong() -> None:
    assert call("validate", SMALLEST).stdout == (
        "Cold brew, launch: nothing wrong. 1 lines, 1 tribes, 3 locales, 3 placements or patterns.\n"
    )
    assert call("validate", KIT).stdout.startswith("Vesper")
    assert call("validate", BRIEF, "--kit", KIT).exit_code == 0


def test_validate_prints_the_place_the_fact_and_what_to_do(tmp_path: Path) -> None:
    text = Path(SMALLEST).read_text().replace("motive: wit", "motive: witty").replace("3.90 EUR", "3.90 EURO")
    (tmp_path / "b.yaml").write_text(text)
    done = call("validate", str(tmp_path / "b.yaml"))
    assert done.exit_code == 2
    assert done.stderr == (
        "b.yaml:14 product.price\n"
        "    '3.90 EURO' is not well formed as price.\n"
        "    Write an amount and a currency like 3.90 EUR.  [brief.form]\n"
        "b.yaml:35 lines.0.motive\n"
        "    'witty' is no choice for motive.\n"
        "    Did you mean wit?  [brief.choice]\n"
        "2 faults. `factory explain brief.form` says more.\n"
    )


def test_validate_holds_a_brief_against_a_broken_kit_and_tells_both(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("version: 3\n")
    (tmp_path / "kit.yaml").write_text("name: 4\n")
    done = call("validate", str(tmp_path / "b.yaml"), "--kit", str(tmp_path))
    assert "kit.yaml:1 name" in done.stderr and "b.yaml:1 version" in done.stderr


def test_plan_shows_each_variant_and_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brief, kit = Path(BRIEF).resolve(), Path(KIT).resolve()
    monkeypatch.chdir(tmp_path)
    done = call("plan", str(brief), "--kit", str(kit), "--variants", "9", "--json")
    assert done.exit_code == 0, done.output
    plan = json.loads(done.stdout)
    assert len(plan["cells"]) == 9
    assert {"concept", "locale", "placement", "kind"} <= set(plan["cells"][0])
    assert sum(plan["generates"].values()) >= 3
    assert plan["quote"]["seconds"] > 0
    assert list(tmp_path.iterdir()) == []


def test_plan_is_a_table_for_people() -> None:
    shown = call("plan", BRIEF, "--kit", KIT, "--variants", "9").stdout
    assert re.search(r"^concept +tribe +locale +placement +kind$", shown, re.MULTILINE)
    assert re.search(r"Will be made: \d+ plates?, \d+ copy decks?, ", shown)
    assert re.search(r"About \d+ (s|min) on \d+ cores\.", shown)


def test_placements_name_every_source() -> None:
    rows = json.loads(call("placements", "--json").stdout)["placements"]
    assert len(rows) >= 16
    assert all({"name", "value", "source", "title", "as_of", "confidence"} <= set(f) for r in rows for f in r["figures"])
    shown = call("placements").stdout
    assert "meta.stories.vertical" in shown and "Keep free 14 6 35 6 %" in shown and "https://" in shown


def test_models_say_what_runs_here_and_why_the_rest_does_not() -> None:
    rows = json.loads(call("models", "--json").stdout)["models"]
    assert {"washes", "sdxl"} <= {r["name"] for r in rows}
    assert all(r["runs_here"] or r["why_not"] for r in rows)
    assert "licence" in call("models").stdout


def test_a_quote_is_shorter_on_more_cores() -> None:
    two, four = (quote({"plate": 40, "animate": 20}, cores) for cores in (2, 4))
    assert two["seconds"] == 80  # (40 x .7 + 20 x 6.6) / 2
    assert four["seconds"] == 40


# ---------------------------------------------------------------------------------------------------- explain


def test_explain_prints_a_page() -> None:
    said = call("explain", "brief.sensitive").stdout
    assert said.startswith("brief.sensitive\n\nA tribe is people who share values and passions.")
    assert "What to do" in said and "Early walkers" in said


def test_explain_suggests_the_nearest_code() -> None:
    done = call("explain", "brief.sensitiv")
    assert done.exit_code == 2
    assert "Did you mean brief.sensitive?" in done.stderr


def test_explain_without_a_code_lists_all() -> None:
    assert set(pages()) <= set(call("explain").stdout.split("\n"))


def test_a_family_of_codes_shares_a_page() -> None:
    assert explain("shape.required").text == pages()["shape.*"].text
    assert explain("yaml.alias").text == pages()["yaml.alias"].text


CODE = re.compile(r"""(?:code\s*=\s*|\b(?:fault|_fault|_refuse)\(\s*)"([a-z]+[a-z_.-]*)\"""")


def codes_in(folder: str) -> set[str]:
    sources = [p for p in Path(folder).rglob("*.py") if "samples" not in p.parts]
    return {code for p in sources for code in CODE.findall(p.read_text())}


@pytest.mark.parametrize("folder", ["factory", "brand_kits", "workers", "gpu", "pipelines"])
def test_every_code_that_a_person_may_meet_has_a_page(folder: str) -> None:
    found = codes_in(folder)
    assert found
    missing = []
    for code in sorted(found):
        try:
            explain(code)
        except InputError:
            missing.append(code)
    assert missing == []


def test_every_fault_of_the_shape_of_a_brief_has_a_page() -> None:
    source = Path("factory/brief/shape.py").read_text()
    kinds = set(re.findall(r'path\w*\)?, "([a-z]+)",', source)) | {"missing", "unknown"}
    assert len(kinds) > 10
    assert all(f"brief.{k}" in pages() for k in kinds), kinds - {c.removeprefix("brief.") for c in pages()}


# --------------------------------------------------------------------------------------------------- progress


class Clock:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_progress_is_a_line_now_and_then_with_rate_and_time_left() -> None:
    clock, said = Clock(), list[str]()
    report = plain(said.append, clock)
    report({"event": "stage", "stage": "compose", "state": "ready", "done": 10, "total": 40})
    for n in range(11, 41):
        clock.now += 1.0
        report({"event": "job", "stage": "compose", "job": f"j{n}", "state": "done", "done": n, "total": 40})
    assert said[0] == "pictures: 11 of 40\n"
    assert said[1] == "pictures: 16 of 40, 72 jobs a minute, about 20 s left\n"
    assert said[-1] == "pictures: 40 of 40, 62 jobs a minute\n"
    assert len(said) == 7


def test_time_left_counts_what_this_run_did_and_not_an_earlier_one() -> None:
    clock = Clock()
    tally = Tally(clock=clock)
    tally.note({"event": "stage", "stage": "compose", "done": 90, "total": 100})
    tally.note({"event": "job", "stage": "compose", "done": 91, "total": 100})
    clock.now = 60.0
    tally.note({"event": "job", "stage": "compose", "done": 92, "total": 100})
    assert (tally.rate(), tally.left()) == (2.0, "about 4 min left")


def test_cells_that_stay_empty_are_listed_but_not_without_end() -> None:
    said = list[str]()
    report = plain(said.append, Clock())
    for n in range(30):
        report({"event": "empty", "concept": f"c{n}", "placement": "p", "locale": "en", "kind": "image", "reason": "contrast"})
    report({"event": "done", "exit": 3, "shipped": 1, "out": "out/demo"})
    shown = [s for s in said if s]
    assert shown[0] == "Stays empty: c0, p, en, image: contrast\n"
    assert len(shown) == 21
    assert shown[-1].startswith("1 variant shipped into out/demo. Open out/demo/index.html.\nSome cells stayed empty")


def test_a_bar_takes_every_event(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from factory.doors.progress import live

    with live() as report:
        report({"event": "stage", "stage": "plate", "state": "ready", "done": 0, "total": 2})
        report({"event": "job", "stage": "plate", "job": "p1", "state": "done", "done": 1, "total": 2})
        report({"event": "first", "variant": "v", "path": "out/.work/[first].jpg"})
        report({"event": "done", "exit": 0, "shipped": 6, "out": "out"})
    shown = capsys.readouterr().out
    assert "First picture: out/.work/[first].jpg" in shown
    assert "6 variants shipped into out." in shown


# ------------------------------------------------------------------------------------------------ the process


def test_help_loads_no_imaging_library_and_names_every_command() -> None:
    code = (
        "import sys\nfrom factory.doors.cli import main\nsys.argv = ['factory', '--help']\n"
        "try:\n    main()\nexcept SystemExit as leave:\n    assert not leave.code\n"
        "heavy = {'torch', 'skia', 'cv2', 'diffusers', 'transformers', 'numpy', 'PIL', 'jsonschema', 'babel', 'moviepy', 'yaml'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("LOADED []\n")
    assert all(f"\n  {name} " in done.stdout for name in ("make", "validate", "plan", "placements", "models", "explain"))


def test_whoever_stops_reading_gets_no_complaint() -> None:
    command = f"{sys.executable} -m factory.doors.cli placements | head -1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("IAB display, reviewed 2026-11-24\n", "")


def test_each_kind_of_error_has_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    from brand_kits.errors import KitError, KitFault
    from factory.errors import Fault, RefusedError, StageError, StoreError

    fault = {"code": "x", "fact": "It is so", "where": "here", "help": "Do that."}
    codes = {
        InputError([Fault(**fault)]): 2, KitError([KitFault(**fault)]): 2, RefusedError("It is so"): 2,
        StageError("It is so"): 1, StoreError("It is so"): 1, ValueError("It is so"): 1, KeyboardInterrupt(): 130,
    }  # fmt: skip
    for error, code in codes.items():
        with pytest.raises(SystemExit) as left, faults.doorway():
            raise error
        assert left.value.code == code
        assert isinstance(error, KeyboardInterrupt) or "It is so" in capsys.readouterr().err


def test_a_finding_is_explained_in_the_words_of_its_check() -> None:
    checks = {p.stem for p in Path("pipelines/check").glob("*.py") if "What to do" in p.read_text()}
    assert len(checks) >= 10
    assert checks <= {name.replace("-", "_") for name in pages()}
    said = call("explain", "contrast").stdout
    assert all(head in said for head in ("What it does", "Why it is bad", "What to do", "Thresholds and their source"))


def test_a_bar_stands_only_once_there_is_something_to_measure(capsys: pytest.CaptureFixture[str]) -> None:
    from factory.doors.progress import live

    with live():
        pass
    assert "all" not in capsys.readouterr().out
