# Every command here sets up what it needs. On a fresh machine: Python >= 3.11, make and a package registry suffice.
#   make demo      compile the example, run it as Python and as the machine
#   make test      everything that continuous integration runs
#   make fuzz      random programs against CPython; N=10000 SEED=1 choose how many and which
#   make bench     speed of the engine and the compiler, size of the machines
#   make bench-experts  machines beside hand-written ones; EXPERTS=checkout of the collection that benchmarks/experts names

PY := .venv/bin/python
RUN := PYTHONPATH=src $(PY)
JOBS ?= 2
N ?= 10000
SEED ?= 0

# Tests start many processes, which would compile the same modules again and again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format types unit fuzz bench bench-experts clean

help:
	@sed -n 's/^#   //p' Makefile

setup:
	@.ci/setup

demo: setup
	@.ci/demo

# Runs every step even when one fails, so that one run shows everything that is wrong. The tests include 300 random
# programs; `make fuzz` judges more.
test: setup
	@failed=; \
	for step in lint types unit; do \
	    $(MAKE) --no-print-directory $$step || failed="$$failed $$step"; \
	done; \
	if [ -n "$$failed" ]; then echo "make test: failed:$$failed"; exit 1; fi; \
	echo "make test: all passed"

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: setup
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: setup
	$(PY) -m mypy --strict src

unit: setup
	$(RUN) -m pytest -n $(JOBS)

fuzz: setup
	$(RUN) -m tests.differential.fuzz $(N) $(SEED) --jobs $(JOBS) $(if $(wildcard node_modules/jsonata),,--no-node)

bench: setup
	$(RUN) benchmarks/engine_speed.py
	$(RUN) benchmarks/compile_speed.py
	$(RUN) -m benchmarks.compare

# The hand-written machines are read from a checkout of the public collection that the module names.
bench-experts: setup
	$(RUN) -m benchmarks.experts.compare $(EXPERTS)

clean:
	rm -rf .venv node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
