# `make help` lists the targets. All of them set up what they need in .venv and do it once.
#
# PYTHON=...      which Python creates .venv (3.11 or newer)
# LAB_FLAGS=...   more flags for JupyterLab, such as LAB_FLAGS="--no-browser --port 8900"
# PYTEST_FLAGS=.. more flags for pytest, such as PYTEST_FLAGS="-x -k window"
# GPU_FLAGS=...   flags of scripts/gpu_check.py, such as GPU_FLAGS="--device cpu --quick"
# BINDER_FLAGS=.. flags of scripts/build_binder.py, such as BINDER_FLAGS="--keep why-not trust"
# QUICK=0         `make docs` runs its lessons as readers do, and not with small budgets
# JOBS=...        how many processes run the tests side by side (4 on two cores: a browser waits as long as it works)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell scripts/find-python.sh)
UV_INSTALL = $(BIN)/uv pip install --python $(BIN)/python
RUFF_SOURCES := xaiwidgets tests scripts
JOBS ?= 4
PYTEST := $(BIN)/pytest --numprocesses $(JOBS)
LOWEST := .venv-lowest
LOWEST_TOOLS := captum hypothesis mypy nbclient nbformat pandas pytest pytest-benchmark pytest-xdist shap timm transformers
QUICK_TESTS := not browser and not notebook and not wheel and not networks and not slow

# Byte code is kept even where the caller's environment says not to: torch is slow to compile.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check lint types unit pytest js js-check js-node benchmarks networks gpu docs binder binder-lock dist lowest picture format system clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.demo  ## set up, then open JupyterLab on the first notebook
	$(BIN)/jupyter lab notebooks/explore.ipynb $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_FLAGS)

# What is installed (Python's packages, Debian's, Node's) and what is linted stands side by side.
# pytest is the last step, so that its closing line is the last thing printed. What fails beside
# others is run once more, alone: a browser on two busy cores is late now and then, a fault stays.
# CI=1: examples that hypothesis draws are the same each time; `make check` draws others.
test: export CI = 1
test:  ## everything that CI runs, browser tests included
	@$(MAKE) --jobs 4 --output-sync system lint types js-check
	@$(PYTEST) $(PYTEST_FLAGS) || { [ $$? -eq 1 ] && $(BIN)/pytest --last-failed --last-failed-no-failures none; }

check:  ## the quick loop: lint, types, import contracts, unit tests but for the slow ones
	@$(MAKE) --jobs --output-sync lint types
	@$(MAKE) unit

lint: $(VENV)/.dev
	$(BIN)/ruff check $(RUFF_SOURCES)
	$(BIN)/ruff format --check $(RUFF_SOURCES)
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy --untyped-calls-exclude nbformat xaiwidgets tests/browser/lab.py

# They wait for nothing: a third process would only collect once more.
unit: JOBS = 2
unit: $(VENV)/.dev
	@$(PYTEST) -m "$(QUICK_TESTS)" $(PYTEST_FLAGS)

js: js/node_modules/.installed $(VENV)/.dev  ## build the bundles in xaiwidgets/static (needs Node)
	$(BIN)/python scripts/schema.py
	cd js && npm run --silent build

js-check: js/node_modules/.installed  ## types and tests of the front end; are the bundles fresh?
	cd js && npm run --silent types
	cd js && npm run --silent test
	cd js && npm run --silent check

benchmarks: $(VENV)/.dev  ## timings, against other libraries where there are any
	$(BIN)/pytest tests/benchmarks --benchmark-enable $(PYTEST_FLAGS)

networks: $(VENV)/.dev  ## ask many architectures all there is to ask, and write docs/networks.md
	$(PYTEST) tests/networks -m "" --write-table $(PYTEST_FLAGS)

gpu: $(VENV)/.dev  ## hold every wing on CUDA against the CPU, and time it: at most eight minutes
	$(BIN)/python scripts/gpu_check.py $(GPU_FLAGS)

binder: $(VENV)/.dev  ## build what Binder builds, and run the first lesson with 2 GB of memory
	$(BIN)/python scripts/build_binder.py $(BINDER_FLAGS)

binder-lock: $(VENV)/.dev  ## pin anew what Binder's image gets
	$(BIN)/python scripts/lock_binder.py

# Both are built from what a user downloads: the wheel from the source distribution.
dist: $(BIN)/uv  ## build what is published, check it, and try it in an empty environment
	rm -rf dist .venv-dist
	$(BIN)/uv build --out-dir dist
	$(BIN)/uv tool run twine check --strict dist/*
	$(BIN)/uv tool run check-wheel-contents dist
	$(BIN)/uv venv --quiet --python $(BIN)/python .venv-dist
	$(BIN)/uv pip install --quiet --python .venv-dist/bin/python dist/*.whl
	cd dist && ../.venv-dist/bin/python -m xaiwidgets.doctor

# The versions are pinned first, since what tests need would have newer ones. Left out are tests of
# the pages and of what is published: they need Sphinx and a browser, and no version matters there.
lowest: $(BIN)/uv  ## test with the oldest versions that pyproject.toml allows
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --python $(BIN)/python --extra demo \
	    --output-file $(LOWEST)/pins.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --constraint $(LOWEST)/pins.txt \
	    -e '.[demo]' $(LOWEST_TOOLS)
	$(LOWEST)/bin/pytest --numprocesses $(JOBS) -m "$(QUICK_TESTS)" \
	    --ignore tests/browser --ignore tests/cluster --ignore tests/benchmarks \
	    $(addprefix --ignore ,$(wildcard tests/test_docs.py tests/test_notebooks.py tests/test_repository.py)) \
	    tests $(PYTEST_FLAGS)

docs: $(VENV)/.dev  ## build the documentation in build/site (QUICK=0: its lessons run in full)
	$(BIN)/python scripts/docs.py $(if $(filter 0,$(QUICK)),--full)

picture: $(VENV)/.dev  ## take the README's pictures anew, in a real browser
	$(BIN)/python scripts/picture.py

format: $(VENV)/.dev js/node_modules/.installed  ## format the sources and mend what ruff can mend
	$(BIN)/ruff check --fix $(RUFF_SOURCES)
	$(BIN)/ruff format $(RUFF_SOURCES)
	cd js && npm run --silent format

clean:  ## remove the environments and everything built, but not the bundles
	rm -rf .venv .venv-* js/node_modules dist build .benchmarks tests/browser/shots
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find xaiwidgets tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up, each step once -------------------------------------------------------------------

# uv downloads in parallel, which makes minutes into seconds for torch and what it needs.
$(BIN)/uv:
	scripts/create-venv.sh "$(PYTHON)" $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.demo: $(BIN)/uv pyproject.toml
	$(UV_INSTALL) -e '.[demo]'
	@touch $@

$(VENV)/.dev: $(BIN)/uv pyproject.toml
	$(UV_INSTALL) -e '.[demo,dev,docs]'
	@touch $@ $(VENV)/.demo

js/node_modules/.installed: js/package-lock.json | js-node
	cd js && npm ci --no-audit --no-fund
	@touch $@

js-node:
	@scripts/need-node.sh

system: $(BIN)/uv  # which may have installed python3-venv: one apt-get at a time
	@scripts/system-packages.sh
