# Everything that one can do here. Two cores, Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# How many processes the tests use.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test conformance corpus lint format types layers check bench clean

help: ## List the targets.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/user.stamp ## Build the samples as EPUB, PDF and Markdown into out/.
	@$(BIN)/converter build samples -o out
	@echo "The digests of the samples are in $(CURDIR)/out:"
	@ls -1 out

test: $(VENV)/dev.stamp ## Run the tests (under five minutes).
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not conformance"

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

# What the system must have is looked at first, so that nothing is half done when it lacks.
$(VENV)/bin/python:
	@$(PYTHON) .ci/system.py
	@$(PYTHON) -m venv $(VENV)

$(VENV)/user.stamp: pyproject.toml | $(VENV)/bin/python
	@test -f $(VENV)/dev.stamp || $(BIN)/pip install --quiet --disable-pip-version-check -e '.[zh]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(VENV)/bin/python
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[zh,dev]'
	@touch $@ $(VENV)/user.stamp

tests/conformance/node_modules/.stamp: tests/conformance/package.json
	@cd tests/conformance && PUPPETEER_SKIP_DOWNLOAD=1 npm install --no-audit --no-fund --silent
	@touch $@
