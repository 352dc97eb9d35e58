# Two commands do everything: `make run` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell scripts/find-python.sh)
export DATA_DIR ?= $(CURDIR)/var
export HOST ?= 127.0.0.1
export PORT ?= 8000
# Each server, worker and `kiosk` is a process: without byte code each compiles all libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint clean screenshots system-packages campaign mutants bench vendor

$(VENV)/.made: requirements-bootstrap.lock
	@test -n "$(PYTHON)"
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	touch $@

$(VENV)/.run: $(VENV)/.made requirements.lock pyproject.toml
	$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock
	$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements-test.lock
	touch $@

run: $(VENV)/.run
	@exec $(VENV)/bin/kiosk up --demo

system-packages:
	@scripts/system-packages.sh

lint: $(VENV)/.test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: $(VENV)/.test system-packages lint
	$(PY) -m pytest -n 2 --dist worksteal

campaign: $(VENV)/.test system-packages
	KIOSK_CAMPAIGN=full $(PY) -m pytest --timeout=3600 tests/campaigns tests/browser/test_camera.py tests/integration/test_delivery.py tests/integration/reporting/test_agreement.py

mutants: $(VENV)/.test
	$(PY) scripts/mutants.py

bench: $(VENV)/.test
	$(PY) -m benchmarks.intake
	$(PY) -m benchmarks.overview
	$(PY) -m benchmarks.officers
	$(PY) -m benchmarks.disclosure
	$(PY) -m benchmarks.tablet
	$(PY) -m benchmarks.keypad
	$(PY) -m benchmarks.training_scale
	$(PY) -m benchmarks.calls
	$(PY) -m benchmarks.standalone_report

screenshots: $(VENV)/.test
	@scripts/system-packages.sh pdftoppm:poppler-utils
	$(PY) scripts/screens.py

# The pages' scripts, from the lock, into the package; checksums.txt names what must come out.
vendor:
	npm ci --ignore-scripts --no-audit --no-fund
	cp node_modules/htmx.org/dist/htmx.min.js node_modules/qrcode-generator/dist/qrcode.mjs kiosk_app/static/vendor/
	cp node_modules/zxing-wasm/dist/iife/reader/index.js kiosk_app/static/vendor/zxing-reader.js
	cp node_modules/zxing-wasm/dist/reader/zxing_reader.wasm kiosk_app/static/vendor/
	cd kiosk_app/static/vendor && sha256sum --check checksums.txt
	rm -rf node_modules

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
