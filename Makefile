# Set-up, the demo, the tests. Every target works from a clean clone with python3.11, venv and make alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := models extractors etl warehouse dags tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help setup demo run test slow soak lint types bench reference lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.ready ## make .venv with the locked dependencies and this checkout

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: setup ## run the sample world end to end: three nights, then the weekly digest (no network)
	$(BIN)/trialwatch demo

run: setup ## one nightly run over watchlist.toml
	$(BIN)/trialwatch run

test: lint types ## lint, types, tests
	$(BIN)/python -m pytest -q -m "not slow and not soak" -n 3 --dist loadfile --no-loadscope-reorder --durations=25

slow: setup ## the long tests: other DuckDB versions, browsers, loops
	$(BIN)/python -m pytest -q -m "slow and not soak" -n 2 --dist loadfile

soak: setup ## the longest: a year of the service, runs killed at random instants and on full disks, with figures
	$(BIN)/python -m tests.soak.crash
	$(BIN)/python -m pytest -q -s -m soak -n 0

lint: setup
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: setup
	$(BIN)/mypy

bench: setup ## run the benchmarks and print their ratios: hours for all, `make bench only="about asking"` for some
	@failed=; for script in $(if $(only),$(only:%=benchmarks/%.py),benchmarks/*.py); do \
	  echo "== $$script"; $(BIN)/python $$script || failed="$$failed $$script"; done; \
	if [ "$$failed" ]; then echo "failed, or slower than promised:$$failed"; exit 1; fi

reference: setup ## write the tables and columns in docs/sql.md anew, from the comments in warehouse/comments
	$(BIN)/python -m warehouse.reference docs/sql.md

LOCK := uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: ## write requirements.lock and requirements-run.lock (without what only tests need) anew (needs uv)
	$(LOCK) --extra dev -o requirements.lock
	$(LOCK) --extra distributed --extra report -c requirements.lock -o requirements-run.lock

clean: ## remove what was built here; never a data home
	rm -rf $(VENV) dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
