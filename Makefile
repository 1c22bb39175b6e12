# One command for each thing a developer does; `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# Programs from Debian that the tests run, as command:package. The one list to extend.
SYSTEM := node:nodejs npm:npm chromium:chromium

# Packages that must be covered to the last branch.
FULLY_COVERED := domain/*,analyzers/*,storage/*

find_python = for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	  then echo "$$candidate"; break; fi; done
no_python = no Python 3.11 or newer found; install one, or name it: make setup PYTHON=/path/to/python3
as_root = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null
install = apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq
step = @printf '\n== %s\n' "$(1)"; $(2)

.PHONY: help setup system demo check test bench bench-ingest bench-peers bench-sdk bench-analyze bench-loops bench-faults bench-prediction bench-compound bench-attribution bench-chain bench-chain-accuracy bench-tuner bench-thresholds bench-drift bench-drift-fleet bench-drift-cases bench-drift-peers bench-dashboards format lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.project system ## build .venv from the lock; install what the tests need from Debian

demo: $(VENV)/.project ## run the demonstration (ARGS="--help" lists its options)
	@$(BIN)/wakeline demo $(ARGS)

check: setup ## everything that must hold before a change lands; stops at the first failure
	$(call step,ruff format,$(BIN)/ruff format --check .)
	$(call step,ruff check,$(BIN)/ruff check .)
	$(call step,mypy,$(BIN)/mypy)
	$(call step,import contracts,$(BIN)/lint-imports --no-logo)
	$(call step,pytest,$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --cov \
	  --hypothesis-profile gate)
	$(call step,full coverage of $(FULLY_COVERED),$(BIN)/coverage report \
	  --include='$(FULLY_COVERED)' --fail-under=100)

test: setup ## run the tests only (ARGS="-k chain -x" goes to pytest)
	@$(BIN)/pytest $(ARGS)

bench: bench-peers bench-ingest bench-sdk bench-analyze bench-loops bench-faults bench-compound bench-chain bench-chain-accuracy bench-tuner bench-drift bench-dashboards ## run every benchmark

bench-ingest: $(VENV)/.project ## measure the intake until spans are queryable (ARGS)
	@$(BIN)/python -m bench.ingest $(ARGS)

bench-peers: $(VENV)/.project ## measure the neighbouring products on the same load
	@bash bench/peers.sh

bench-sdk: $(VENV)/.project ## measure what the SDK costs an agent, in us a step (ARGS)
	@$(BIN)/python -m bench.sdk $(ARGS)

bench-analyze: $(VENV)/.project ## measure analyzers: spans/s, a tick in a large table, latency (ARGS)
	@$(BIN)/python -m bench.analyze $(ARGS)

bench-loops: $(VENV)/.project ## loops against the guards that others ship, and us a call (ARGS)
	@$(BIN)/python -m bench.loops $(ARGS)

bench-faults: $(VENV)/.project ## faults injected into 10,000 healthy runs: which are found? (ARGS)
	@$(BIN)/python -m bench.faults $(ARGS)

bench-prediction: $(VENV)/.project ## do findings tell which real runs fail? (ARGS="--data FOLDER")
	@$(BIN)/python -m bench.prediction $(ARGS)

bench-compound: $(VENV)/.project ## failures in which nobody failed, beside two simple rules (ARGS)
	@$(BIN)/python -m bench.compound $(ARGS)

bench-attribution: $(VENV)/.project ## who and where a labelled failed run went wrong (ARGS="--data FOLDER")
	@$(BIN)/python -m bench.attribution $(ARGS)

bench-chain-accuracy: $(VENV)/.project ## 500 histories: do chains name the root and the edges? (ARGS)
	@$(BIN)/python -m bench.chain_accuracy $(ARGS)

bench-chain: $(VENV)/.project ## causal chains among up to 5e7 reads and writes (ARGS)
	@$(BIN)/python -m bench.chain $(ARGS)

bench-thresholds: $(VENV)/.project ## limits: conditional requests/s, how soon a stop arrives (ARGS)
	@$(BIN)/python -m bench.thresholds $(ARGS)

bench-tuner: $(VENV)/.project ## unsafe thresholds, intervals, dollar limits on known truths (ARGS)
	@$(BIN)/python -m bench.tuner $(ARGS)

bench-drift: $(VENV)/.project ## drift: false alarms, delays, dates, sizes beside the rules of others (ARGS)
	@$(BIN)/python -m bench.drift $(ARGS)

bench-drift-fleet: $(VENV)/.project ## a year of 50 agents through the store, delays, cost (ARGS)
	@$(BIN)/python -m bench.drift_fleet $(ARGS)

bench-drift-peers: $(VENV)/.project ## install Evidently, NannyML and river beside, then the same streams through all
	@bash bench/drift_peers.sh
	@$(BIN)/python -m bench.drift --only peers $(ARGS)

bench-drift-cases: $(VENV)/.project ## labelled groups of real runs: which are told apart? (ARGS="--data FOLDER")
	@$(BIN)/python -m bench.drift_cases $(ARGS)

bench-dashboards: $(VENV)/.project ## all queries of the dashboards on many spans (ARGS)
	@$(BIN)/python -m bench.dashboards $(ARGS)

format: $(VENV)/.project ## format the code and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.project ## renew requirements.lock; releases younger than a week wait
	@$(BIN)/uv pip compile pyproject.toml --extra server --extra dev --extra examples --output-file requirements.lock \
	  --python-version 3.11 --universal --fork-strategy fewest --upgrade --exclude-newer "1 week" \
	  --generate-hashes --no-emit-index-url --no-header --quiet

clean: ## remove .venv, caches and reports
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
	  .coverage .coverage.* htmlcov dist build __cache__
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

system: ## install the Debian packages the tests need, or say which are missing
	@for pair in $(SYSTEM); do \
	  command -v "$${pair%%:*}" >/dev/null && continue; \
	  if $(as_root); then $(install) "$${pair##*:}"; \
	  else echo "$${pair%%:*} is missing; as root run: apt-get install $(foreach pair,$(SYSTEM),$(lastword \
	    $(subst :, ,$(pair))))" >&2; exit 1; fi; \
	done

# ensurepip is a package of its own on Debian, so `python3 -m venv` alone may fail.
$(BIN)/pip:
	@python=$$($(find_python)); \
	if [ -z "$$python" ] || ! "$$python" -c 'import ensurepip' 2>/dev/null; then \
	  if $(as_root); then $(install) python3 python3-venv; \
	  elif [ -n "$$python" ]; then \
	    echo "$$python lacks venv; as root run: apt-get install python3-venv" >&2; exit 1; fi; \
	fi; \
	python=$$($(find_python)); \
	[ -n "$$python" ] || { echo "$(no_python)" >&2; exit 1; }; \
	"$$python" -m venv $(VENV)

$(VENV)/.locked: requirements.lock | $(BIN)/pip
	@echo "installing the locked packages (about 400 MB to fetch the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.locked
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
	@touch $@
