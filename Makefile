# Everything runs from .venv, which the first target that needs it creates.
PYTHON ?= python3
BIN := .venv/bin

# A process for each core, file by file: tests of one file share what they compile.
SPREAD := -n auto --dist loadfile

.PHONY: demo test test-all bench lint docs clean

demo: .venv/demo
	$(BIN)/fastgrad demo

test: .venv/test
	$(BIN)/python -m pytest -q $(SPREAD)

test-all: .venv/test
	$(BIN)/python -m pytest -q -m "" $(SPREAD)

bench: .venv/test
	$(BIN)/python -m pytest bench -q -o python_files='bench_*.py' --benchmark-enable --benchmark-quiet --write

lint: .venv/lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/docs
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build

clean:
	rm -rf .venv docs/_build build *.egg-info

# One stamp for each set of extras; installed again when pyproject.toml changes.
.venv/%: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS_$*)]'
	touch $@

EXTRAS_demo := plots,tables
EXTRAS_test := test
EXTRAS_lint := test,lint
EXTRAS_docs := docs
