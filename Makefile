# Two commands on a fresh machine: `make demo`, `make test`. Set-up is part of each, and quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types layers machine bench soak pictures screenshots clean

help:            ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

demo: $(STAMP)   ## set up, and play the year 2012 on a generated university
	@$(BIN)/duban demo --dir demo

test: $(VENV)/.ready-dev machine   ## set up, and run the tests (SQLite, a real PostgreSQL, a real SMTP server, a real browser)
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

check: lint types layers test   ## what CI runs: lint, types, layers, then the tests

lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	@$(BIN)/mypy

layers: $(VENV)/.ready-dev
	@$(BIN)/lint-imports

machine:         ## what the tests need of the machine: Chromium, a Chinese font, nginx; installed only as root on a Debian
	@sh tests/machine.sh

bench: $(VENV)/.ready-dev   ## measure against hand-written floors, as ratios
	@$(BIN)/python -m bench all

soak: $(VENV)/.ready-dev   ## kill hundreds of lives at every kind of place, and see that each ends as it should
	@$(BIN)/python -m bench crash --points 300

pictures: $(STAMP)   ## play the demo again and draw the README's pictures from it
	@$(BIN)/python docs/picture.py

screenshots: $(VENV)/.ready-dev machine   ## play the demo again and take the README's pictures of the portal's pages
	@PYTHONPATH=tests $(BIN)/python tests/browser/screenshots.py

clean:           ## remove the environment and what demo and tests leave
	@rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build

# `make demo` needs only what a campus installs; tests and tools come with the dev extra.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Duban needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "python3 cannot make a virtual environment: install the package python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-dev: $(STAMP)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
