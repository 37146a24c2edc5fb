# Everything that one can do here. Python 3.11 or newer with venv is needed, and a registry of Python packages; each target
# sets up the rest.

# The first Python that is new enough; `make demo PYTHON=/path/to/python` names another.
PYTHON ?= $(or $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done),python3)
VENV := .venv
BIN := $(VENV)/bin
# How many processes the tests use.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test conformance corpus lint format types layers check bench clean

help: ## List the targets.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/user.stamp ## Build the samples as EPUB, PDF and Markdown into out/.
	@$(BIN)/python .ci/system.py pango
	@$(BIN)/converter build samples -o out
	@echo "The digests of the samples are in $(CURDIR)/out:"
	@ls -1 out

test: $(VENV)/test.stamp ## Run the tests (under five minutes).
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not conformance"

conformance: $(VENV)/dev.stamp tests/conformance/node_modules/.stamp ## Run EPUBCheck, Ace, veraPDF, kramdown and three readers of PDF over what we write (slow).
	@$(BIN)/python -m pytest -n $(WORKERS) -m "conformance and not corpus"

corpus: $(VENV)/dev.stamp tests/conformance/node_modules/.stamp ## The same over whole blogs, random posts and drawn pages (most of an hour).
	@$(BIN)/python -m pytest -n $(WORKERS) -m corpus

check: lint types layers ## Run the checks that need no test.

lint: $(VENV)/dev.stamp ## Check the format and the style.
	@$(BIN)/ruff format --check converter tests benchmarks
	@$(BIN)/ruff check converter tests benchmarks

format: $(VENV)/dev.stamp ## Format the code.
	@$(BIN)/ruff format converter tests benchmarks
	@$(BIN)/ruff check --fix converter tests benchmarks

types: $(VENV)/dev.stamp ## Check the types, strictly.
	@$(BIN)/mypy

layers: $(VENV)/dev.stamp ## Check who may import whom.
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/dev.stamp ## Measure each stage and writer, beside peers.
	@$(BIN)/python -m benchmarks

clean: ## Remove what these targets made.
	rm -rf $(VENV) out build dist tests/conformance/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) .ci/system.py python
	@$(PYTHON) -m venv $(VENV)

# What is installed for the one is enough for those before it.
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check

$(VENV)/user.stamp: pyproject.toml | $(VENV)/bin/python
	@test -f $(VENV)/test.stamp || $(INSTALL) -e '.[all]'
	@touch $@

$(VENV)/test.stamp: pyproject.toml | $(VENV)/bin/python
	@test -f $(VENV)/dev.stamp || $(INSTALL) -e '.[all,test]'
	@touch $@ $(VENV)/user.stamp

$(VENV)/dev.stamp: pyproject.toml | $(VENV)/bin/python
	@$(INSTALL) -e '.[all,dev]'
	@touch $@ $(VENV)/test.stamp $(VENV)/user.stamp

tests/conformance/node_modules/.stamp: tests/conformance/package.json
	@cd tests/conformance && PUPPETEER_SKIP_DOWNLOAD=1 npm install --no-audit --no-fund --silent
	@touch $@
