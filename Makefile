# Everything that people and CI run. Plain `make` is what CI runs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CODE   := pipeline enrichers tests

.DEFAULT_GOAL := all
.PHONY: all demo up down test test-faults check bench bench-kafka format clean install

all: check test

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else f"Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}: call make PYTHON=python3.12, say")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

install: $(VENV)/.installed

demo: install
	$(BIN)/shadowgraph demo

up: install
	$(BIN)/shadowgraph up

down: install
	$(BIN)/shadowgraph down

test: install
	$(BIN)/pytest -n auto --dist loadgroup -rs --cov --cov-report=json:build/coverage.json --cov-report=
	$(BIN)/python tests/coverage_floor.py build/coverage.json

test-faults: install
	$(BIN)/pytest -n0 -rs tests/faults/fault_*.py

check: install
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/shadowgraph rules check
	$(BIN)/shadowgraph rules test
	$(BIN)/shadowgraph policy check
	$(BIN)/shadowgraph dashboards check

bench: install
	$(BIN)/python -m tests.bench

bench-kafka: install
	$(BIN)/python -m tests.bench.kafka
	$(BIN)/python -m tests.bench.elastic

format: install
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

clean:
	rm -rf build $(VENV) *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
