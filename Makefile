# `make run` and `make test` need Python 3.11 and nothing else: both make .venv and fill it with what is pinned.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8501
export PYTHON

PY := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test lint format check example bench bench-bulk lock clean venv venv-dev

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile

run: venv ## start the dashboard on http://localhost:8501 (PORT=... for another port)
	$(PY) -m streamlit run dashboard.py --server.headless=true --server.port=$(PORT) $(if $(IMPACT_OPERATOR),--server.address=127.0.0.1)

test: lint ## everything CI runs: lint, types, tests (ARGS="-k word" for some of the tests)
	scripts/test.sh $(PY) $(ARGS)

lint: venv-dev ## ruff and mypy, changing nothing
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict impact_analytics dashboard.py $(wildcard pages/*.py)

format: venv-dev ## mend what ruff can mend
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

check: venv ## judge the data files, naming file, row, column, rule and value
	$(PY) -m impact_analytics check

example: venv ## write the invented programme anew
	$(PY) -m impact_analytics example

bench: venv-dev ## compare the app with an empty page
	$(PY) -m benchmarks

bench-bulk: venv ## compare a build of a million rows with a bare COPY
	$(PY) -m benchmarks.bulk

lock: ## write requirements.lock anew, after a change of the requirement files
	@scripts/venv.sh $(VENV)
	$(PY) scripts/lock.py

clean: ## remove caches and built databases; .venv stays
	rm -rf .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# Nothing to do, and quick to say so, unless a requirement file has changed.
venv:
	@scripts/venv.sh $(VENV) requirements.txt

venv-dev:
	@scripts/venv.sh $(VENV) requirements-dev.txt
