# Two commands matter: `make demo` and `make test`. Each prepares .venv when it is missing or out of date.
# Once set up, everything but `lock` works without a network.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check lint types imports budgets tests docs site bench lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header

help:  ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

setup: .venv/installed  ## prepare .venv from the lock file (system packages too, where it may)

# Build tools first, then everything else without build isolation: an isolated build of PyICU would fetch
# a setuptools that nobody locked (docs/decisions/0001).
.venv/locked: requirements/build.txt requirements/lock.txt
	@requirements/system.sh "$(PYTHON)"
	@test -x $(BIN)/python || { echo "Making .venv with $(PYTHON)"; "$(PYTHON)" -m venv .venv; }
	@echo "Installing the locked dependencies (two to four minutes the first time)"
	@$(PIP) install --require-hashes --requirement requirements/build.txt
	@$(PIP) install --require-hashes --no-build-isolation --requirement requirements/lock.txt
	@touch $@

.venv/installed: .venv/locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@echo "Compiling the comparison of names (half a minute, once)"
	@$(BIN)/tidewaiter compare Velkon Velkon --json > /dev/null
	@touch $@

demo: setup  ## build a small workspace, run everything, print the leads and the report's path
	@$(BIN)/tidewaiter demo

test: setup  ## the test suite but its slow part
	@$(BIN)/python -m pytest -m "not slow"

# Tests come last, so that the last line says how many passed. The run inside a network namespace is one of
# them (tests/house/test_offline.py): it is skipped, with the reason shown, where the system forbids namespaces.
check: lint types imports budgets site tests  ## everything: style, types, imports, budgets, docs, all tests

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

budgets: setup
	$(BIN)/python tests/house/test_budgets.py

tests: setup
	$(BIN)/python -m pytest

docs: setup  ## write the generated pages anew and build the site into site/
	$(BIN)/python docs/generate.py
	@$(MAKE) --no-print-directory site

# `check` builds the site from the pages as they are: writing them anew there would hide a stale page from its test.
site: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: setup  ## every benchmark, one JSON each under bench/out/
	@mkdir -p bench/out
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

lock: setup  ## resolve the dependencies anew (the only target that always needs the network)
	$(COMPILE) --upgrade requirements/build.in --output-file requirements/build.txt
	$(COMPILE) --upgrade --extra dev pyproject.toml --constraint requirements/build.txt --output-file requirements/lock.txt

clean:  ## remove what was built, but not .venv
	rm -rf site dist build bench/out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
