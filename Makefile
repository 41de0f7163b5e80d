# Two commands on a fresh machine: `make run` and `make test`. Python ≥ 3.11, make and git are enough.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run try setup setup-dev test test-long test-postgres faults check audit sbom format bench screens pin clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup  ## set up and start the service on http://127.0.0.1:8080
	@$(PY) -m bot migrate
	@echo "To try Zalo and Telegram, played by fakes on fresh data: make try"
	@exec $(PY) -m bot serve

try: setup  ## the service on fresh data with Zalo and Telegram played by fakes
	@exec $(PY) -m tests.fakes try

setup: .venv/.run-time  ## only the set-up: .venv with pinned run-time dependencies

setup-dev: .venv/.development

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks venv: install the package python3-venv (Debian, Ubuntu: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run-time: requirements/run.txt | .venv/bin/python
	$(PY) -m pip install --quiet --require-hashes --no-deps -r $<
	@touch $@

.venv/.development: requirements/development.txt .venv/.run-time
	$(PY) -m pip install --quiet --require-hashes --no-deps -r $<
	@touch $@

test: setup-dev  ## the quick suite: under three minutes, needs nothing but Python
	$(PY) -m pytest -m "not long" -n auto --maxprocesses 4 --dist loadscope

test-long: setup-dev  ## kill loops, browsers, PostgreSQL, everything slow; prints its seed
	$(PY) -m pytest -m long -s
	@$(MAKE) --no-print-directory test-postgres

# What touches the store. The rest (knowledge/, privacy, wording, the bench) knows no database. A test
# that hangs, as one that waits for a lock does, is named and ended after three minutes.
ON_POSTGRES := tests/bot tests/handlers tests/acceptance tests/faults tests/test_migrations.py

test-postgres: setup-dev  ## the quick suite once more, on PostgreSQL
	DANHOI_TEST_ENGINE=postgres $(PY) -m pytest -m "not long" -q -n auto --maxprocesses 4 --dist loadscope \
		-o faulthandler_timeout=180 -o faulthandler_exit_on_timeout=true $(ON_POSTGRES)

faults: setup-dev  ## try every fault on both engines; writes its table into docs/faults.md
	DANHOI_WRITE_FAULTS=1 $(PY) -m pytest -m long -q -s tests/faults/test_faults.py

check: setup-dev  ## format, lint, types, import contracts, one migration head
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PY) -m bot.store.migrations

audit: setup-dev  ## known holes in what we depend on (asks PyPI's advisories)
	@$(PY) -m tests.audit

sbom: setup-dev  ## the bill of materials (CycloneDX) of what runs, into sbom.cdx.json
	.venv/bin/cyclonedx-py requirements requirements/run.txt --output-reproducible --of JSON -o sbom.cdx.json

format: setup-dev  ## write the format
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

bench: setup-dev  ## measure matching, delivery and pages; writes docs/benchmarks.md
	$(PY) -m bench

screens: setup-dev  ## screenshots of every page at 360 and 1280 pixels into docs/screens/
	$(PY) -m tests.browser.screens
	$(PY) -m tests.browser.zalo_screens
	$(PY) -m tests.browser.telegram_screens

pin: setup-dev  ## pin dependencies anew, with hashes
	cd requirements && ../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links ../pyproject.toml -o run.txt
	cd requirements && ../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra dev -c run.txt ../pyproject.toml -o development.txt

clean:  ## remove everything that is made, but keep var/ (the data)
	rm -rf .venv .mypy_cache .ruff_cache
