# The two that matter: `make demo` and `make test`. A bare `make` lists all.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
KIT    ?= brand_kits/samples/vesper
BRIEF  ?= $(KIT)/briefs/cold-brew.yaml
OUT    ?= out/demo
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo up down doctor test browser lint install install-dev install-service second bench chaos load bench-web screens clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: install  ## install, then make the sample batch into out/demo
	$(BIN)/factory make $(BRIEF) --kit $(KIT) --out $(OUT)
	@echo "Open $(OUT)/index.html"

second: install  ## the sample brand's other brief, into out/second
	$(BIN)/factory make $(KIT)/briefs/nitro-can.yaml --kit $(KIT) --out out/second

up: install-service  ## install, then run the service on this machine until Ctrl-C
	$(BIN)/factory up

down:  ## stop the service, wherever it was started
	$(BIN)/factory down

doctor: install-service  ## what is wrong with the service, and what to do
	$(BIN)/factory doctor

test: install-dev lint browser  ## install, then run every test (about eight minutes)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

browser:  ## the browser for tests of pages: Debian's Chromium, installed where it is missing and we may
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	  echo "There is no Chromium, and none could be installed: tests of pages in a browser are skipped."

lint: install-dev  ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install  ## seconds by stage for the sample batch, as one JSON object
	$(BIN)/python bench/make.py

screens: install-dev browser  ## pictures of every page of the web app, into docs/screens (ten minutes)
	$(BIN)/python -m tools.screens

chaos: install-dev  ## a batch made while everything that can die is killed, as one JSON object (Linux; ten minutes)
	$(BIN)/python -m bench.chaos

load: install-dev  ## 2,000 variants over ten batches and a small one put in last, as one JSON object (ten minutes)
	$(BIN)/python -m bench.load

bench-web: install-dev browser  ## a reviewer before 1,000 variants in a browser, as one JSON object (five minutes)
	$(BIN)/python -m bench.web

install: $(VENV)/.installed  ## a virtual environment with the product

install-dev: $(VENV)/.installed-dev

install-service: $(VENV)/.installed-service

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch==2.13.0
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-service: $(VENV)/.installed
	$(PIP) --editable '.[service]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed-service

clean:  ## remove what was made (not the environment)
	rm -rf out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
