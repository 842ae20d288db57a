# Every target sets up what it needs; `make help` lists them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

# The first interpreter that is new enough; PYTHON=... overrides it.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3 python python3.11 python3.12 python3.13 python3.14 python3.15; do \
	"$$p" -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo "$$p" && break; done)
endif

VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS ?= test
JOBS ?= 2
PYTEST = $(BIN)/python -m pytest -n $(JOBS)

# uv where there is one, else venv and pip.
UV := $(shell command -v uv 2>/dev/null)
ifdef UV
make-venv = uv venv --quiet --seed --allow-existing --python "$(PYTHON)" $(1)
install = uv pip install --quiet --python $(1)/bin/python
else
make-venv = "$(PYTHON)" -m venv $(1)
install = $(1)/bin/python -m pip install -qq --no-input --disable-pip-version-check
endif

# Rich and ruff colour by themselves; nothing here may ask.
export PIP_NO_INPUT := 1
export PYTHONUTF8 := 1

.PHONY: help demo test test-peers test-rust redis-server cargo node test-browser chromium test-bench sanitize fuzz clang lint format cov bench bench-trips bench-targets bench-cliffs bench-records bench-recommend bench-check bench-report docs serve-docs test-all mutants build clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# What an environment is made of: installing compiles the engine, where there is a compiler.
SOURCES := pyproject.toml codecs/hatch_build.py $(wildcard codecs/symphony_codecs/compiled/*.pyx) \
	$(wildcard codecs/symphony_codecs/compiled/*/*.pxi)

# --- environments: one stamp for each set of extras, remade when a source of the engine or pyproject.toml changes

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer found; set PYTHON=..." >&2; exit 1; }
	$(call make-venv,$(VENV))

$(VENV)/.installed-demo: $(SOURCES) | $(BIN)/python
	$(call install,$(VENV)) -e '.[cli,toml]'
	@touch $@

$(VENV)/.installed: $(SOURCES) | $(BIN)/python
	$(call install,$(VENV)) -e '.[$(EXTRAS)]'
	@touch $@ $(VENV)/.installed-demo

# What type checkers look at imports what the benchmarks need.
$(VENV)/.installed-lint: WITH := bench,lint
$(VENV)/.installed-test-peers: WITH := test-peers
$(VENV)/.installed-test-browser: WITH := test-browser
$(VENV)/.installed-bench: WITH := bench
$(VENV)/.installed-docs: WITH := docs
$(VENV)/.installed-build: WITH := build
$(VENV)/.installed-cov: WITH := bench,cov,test-peers
$(VENV)/.installed-mutants: WITH := mutants
$(VENV)/.installed-fuzz: WITH := fuzz
$(addprefix $(VENV)/.installed-,lint test-peers test-browser bench docs build cov mutants fuzz): $(VENV)/.installed
	$(call install,$(VENV)) -e '.[$(EXTRAS),$(WITH)]'
	@touch $@

# --- what people run

demo: $(VENV)/.installed-demo  ## Show the codecs at work
	@$(BIN)/symphony demo

test: $(VENV)/.installed  ## Run the tests (JOBS=2 processes, ARGS for pytest)
	$(PYTEST) $(ARGS)
	SYMPHONY_PURE=1 $(PYTEST) -q $(REFERENCE)

# Tests whose extra must be there, or they fail.
with-extras = SYMPHONY_REQUIRE_EXTRAS=1 $(PYTEST)

# The compiler of TypeScript, and the packages of a peer in it: tests look for them here.
TSC := build/typescript/node_modules/.bin/tsc

test-peers: $(VENV)/.installed-test-peers redis-server $(TSC)  ## Hold conversations with software that is not written here
	$(PYTEST) --dist loadgroup -m peers tests/peers $(ARGS)
	$(PYTEST) tests/codecs/framing/test_content_length.py $(ARGS)
	$(with-extras) $$($(BIN)/python -m tests.extras) $(ARGS)

test-rust: $(VENV)/.installed cargo  ## Compile a peer in Rust, and hold conversations with it
	$(PYTEST) -n 0 -m rust tests/peers/rust $(ARGS)

# No package of PyPI has a server of today's: Debian's is installed where that can be done without asking.
redis-server:
	@if ! command -v redis-server >/dev/null; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends redis-server; \
		else \
			echo "make: test-peers needs redis-server: install it (apt-get install redis-server, brew install redis)" >&2; \
			exit 1; \
		fi; \
	fi

# As redis-server.
node:
	@if ! { command -v node && command -v npm; } >/dev/null; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends nodejs npm; \
		else \
			echo "make: test-peers needs node and npm: install them (apt-get install nodejs npm, brew install node)" >&2; \
			exit 1; \
		fi; \
	fi

$(TSC): tests/peers/typescript/package.json | node
	mkdir -p build/typescript
	cp $< build/typescript
	npm install --prefix build/typescript --no-package-lock --no-audit --no-fund --silent
	@touch $@

# As redis-server: Debian 12 has a compiler that is new enough under a name of its own.
CARGO_MINOR := 85
cargo:
	@is_new() { minor=$$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\).*/\1/p'); [ "$${minor:-0}" -ge $(CARGO_MINOR) ]; }; \
	if ! is_new; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && ! command -v cargo >/dev/null; then \
			apt-get update -qq; \
			DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends cargo-web gcc libc6-dev || \
			DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends cargo gcc libc6-dev; \
		fi; \
		is_new || { echo "make: test-rust needs cargo 1.$(CARGO_MINOR) or newer: install it (apt-get install cargo-web, brew install rust, https://rustup.rs)" >&2; exit 1; }; \
	fi

test-browser: $(VENV)/.installed-test-browser chromium  ## Open the report of a benchmark in headless Chromium
	$(PYTEST) -n 0 -m browser tests/browser $(ARGS)

# As redis-server: a browser is no package of PyPI.
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v "$$name" >/dev/null && exit 0; done; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; \
	else \
		echo "make: test-browser needs chromium: install it (apt-get install chromium, brew install chromium)" >&2; \
		exit 1; \
	fi

test-bench: $(VENV)/.installed-bench  ## Run the tests of the benchmarks with all contenders
	$(with-extras) tests/codecs/benchmark tests/test_soak.py tests/test_migrating.py $(ARGS)

# What the engine must not change: formats, real serde's bytes, properties, on the reference path alone.
REFERENCE := $(addprefix tests/codecs/test_,codec.py corners.py everything.py format_cbor.py format_json.py \
	format_msgpack.py golden.py pickles.py properties.py structs.py sweep.py unions.py)

sanitize: $(VENV)/.installed-build  ## Run the engine's tests under AddressSanitizer (ARGS for pytest)
	PYTHON=$(BIN)/python .ci/sanitize $(ARGS)

fuzz: $(VENV)/.installed-fuzz clang  ## Fuzz what reads bytes, guided by coverage (ARGS='json frames', SECONDS_EACH=20)
	PYTHON=$(BIN)/python .ci/fuzz $(ARGS)

# As redis-server: the engine's coverage needs libFuzzer's, which GCC does not have.
clang:
	@if ! command -v clang >/dev/null; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends clang; \
		else \
			echo "make: fuzz needs clang: install it (apt-get install clang)" >&2; \
			exit 1; \
		fi; \
	fi

lint: $(VENV)/.installed-lint  ## Check style, types and imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.installed-lint  ## Format, and fix what can be fixed safely
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

cov: $(VENV)/.installed-cov  ## Run the tests with branch coverage; fail under the limit
	$(PYTEST) --cov --cov-report=term $(ARGS)

bench: $(VENV)/.installed-bench  ## Measure import time, codecs, frames (ARGS='codecs --json FILE')
	$(BIN)/python -m bench $(ARGS)

bench-trips: $(VENV)/.installed-bench  ## Show what has to hold between two processes, and whether it does (ARGS='--pin split')
	$(BIN)/python -m bench round-trips --check $(ARGS)
	$(BIN)/python -m bench connections --check

bench-targets: $(VENV)/.installed-bench  ## Show which ratios are reached (ARGS='envelope tree')
	$(BIN)/python -m bench.targets $(ARGS)

bench-cliffs: $(VENV)/.installed-bench  ## Look for what is slow beside the benchmark's own works (ARGS='--quick')
	$(BIN)/python -m bench cliffs $(ARGS)

bench-records: $(VENV)/.installed-bench  ## Show what has to hold of files of records, and whether it does (ARGS='--size 50')
	$(BIN)/python -m bench records --check $(ARGS)

bench-recommend: $(VENV)/.installed-bench  ## Show whether what is recommended is the fastest over a socket (ARGS='--rounds 21')
	$(BIN)/python -m bench recommend --check $(ARGS)

bench-check: $(VENV)/.installed-bench  ## Compare instruction counts with the committed ones (ARGS=--update)
	$(BIN)/python -m bench.instructions $(ARGS)

bench-report: $(VENV)/.installed-bench  ## Measure everything anew; write figures, plots and tables of the documentation
	$(BIN)/python -m bench cliffs --json bench/figures/cliffs.json
	$(BIN)/python -m bench.report $(ARGS)
	$(BIN)/python -m bench.round_trips.report
	$(BIN)/python -m bench.records.report
	$(BIN)/python -m bench.instructions --update

docs: $(VENV)/.installed-docs  ## Build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	$(PYTEST) -q tests/test_reference.py

serve-docs: $(VENV)/.installed-docs  ## Serve the documentation and rebuild it on changes
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

test-all:  ## Run the tests on every CPython 3.11 to 3.15 of this machine
	@MAKE='$(MAKE)' .ci/test-all

# All of them take hours; a module is a matter of minutes. What ends in 7 is every tenth, of all modules.
SAMPLE ?= symphony_codecs.formats.base.* symphony_codecs.schema.scalars.*
mutants: $(VENV)/.installed-mutants  ## Mutate some code and list what no test noticed (SAMPLE='...')
	rm -rf build/mutants && mkdir -p build/mutants
	cp -R symphony_types codecs/symphony_codecs tests pyproject.toml build/mutants/
	cd build/mutants && HYPOTHESIS_PROFILE=ci $(abspath $(BIN))/mutmut run --max-children $(JOBS) \
		$(foreach name,$(SAMPLE),'$(name)')
	@cd build/mutants && $(abspath $(BIN))/mutmut results | grep -v 'not checked' || echo 'every mutant was noticed'

build: $(VENV)/.installed-build  ## Build wheel and sdist into dist/
	$(BIN)/python -m hatchling build -d dist

clean:  ## Remove what was built or cached, environments included
	rm -rf .venv .venvs build dist site htmlcov .coverage .coverage.* coverage.xml
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
