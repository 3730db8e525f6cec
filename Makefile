# Every task of this project, by one name each; `make help` lists them. Relative paths only: the checkout may lie under
# a path with spaces or Japanese in it, and programs of .venv are started as `python -m …` for the same reason.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
SCENARIO ?= pkg_batch
TAKE ?= recordings/$(SCENARIO)/curated
TESTS ?=

.PHONY: help setup demo video curate stage-check test test-all test-setup check bench bench-all lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1~\2/p' Makefile | awk -F'~' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: ## prepare this checkout; a second call is instant
	@sh tools/setup.sh

demo: setup ## play one demo from start to verdict and make its video, no GPU needed (SCENARIO=pkg_batch)
	@$(PY) -m runner.cli record "$(SCENARIO)" --highlight

video: setup ## make the video of the curated recording (TAKE=a folder, for another): TAKE/video/
	@$(PY) -m runner.cli highlight "$(TAKE)"

stage-check: setup ## whether the agent's screen still is the one of the curated recording
	@$(PY) -m runner.cli stage check "$(SCENARIO)"

curate: setup ## record the curated take anew and make its video; the take that was there goes when all is done
	@$(PY) -m tools.curate "$(SCENARIO)"

test-setup:
	@sh tools/setup.sh test

check: setup ## ruff and the strict type check
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy --no-error-summary

test: test-setup check ## everything but the tests that take minutes (TESTS=a path, for some of them)
	@$(PY) -m pytest -n 4 --dist worksteal -m "not long" $(TESTS)

test-all: test-setup check ## every test, the long ones by name
	@$(PY) -m pytest -n 2 --dist worksteal -v $(TESTS)

bench: setup ## seconds by phase, written to bench.json
	@$(PY) -m benchmarks

bench-all: setup ## every benchmark, also those that take minutes
	@$(PY) -m benchmarks --all

lock: ## renew requirements/*.txt and package-lock.json from what is asked for
	@sh tools/lock.sh

clean: ## remove all that setup and the runs made, but no recording
	rm -rf .venv .agent-python node_modules .cache .mypy_cache .ruff_cache .hypothesis *.egg-info bench.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
