# Every target first sets up .venv/ as far as needed (tools/setup.py); `make` alone lists them.
#
#   PYTHON=python3.12     the Python to make .venv with (3.11 or newer)
#   LAB_ARGS="--port 9"   more arguments for JupyterLab
#   PYTEST_ARGS="-k kde"  more arguments for pytest
#   WORKERS=2             test processes
#   LESSON=02             one lesson's share of check, test, gate, lessons and bench

PYTHON ?= python3
WORKERS ?= 2
LAB_ARGS ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
LESSON ?=
export LESSON

BIN := .venv/bin
PYTEST := $(BIN)/pytest
# Each worker is one process for one core; torch's threads on top of that would only get in each other's way.
PARALLEL := OMP_NUM_THREADS=1 $(PYTEST) -n $(WORKERS) --dist loadscope
# nbval takes seconds to load, in every process, and is for the solutions alone.
TESTS := $(PARALLEL) -p no:nbval
RUFF := $(BIN)/ruff

# An activated environment, and variables made for another Python, must not leak in. Programs that
# start others by name (nbgrader starts alembic, a notebook may start gancourse) find this one's.
OUTER_PATH := $(PATH)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JUPYTER_PREFER_ENV_PATH := 1
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONDONTWRITEBYTECODE

# A PYTHON that the user names is insisted on; the default one only has to make a missing .venv.
INSIST := $(if $(filter command environment,$(firstword $(origin PYTHON))),--insist)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup lab instructor test check gate fuzz static lessons bench lock clean

help: ## list the targets
	@awk -F ': .*## ' '/^[a-z]+:.* ## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## set up .venv/, as every other target does first
	@PATH="$(OUTER_PATH)" $(PYTHON) tools/setup.py $(INSIST)

lab: setup ## open the course in JupyterLab, as students have it
	$(call LAB,$(CURDIR)/jupyter/student:$(CURDIR)/jupyter)

instructor: setup ## the same, with nbgrader's tools for instructors
	$(call LAB,$(CURDIR)/jupyter)

LAB = JUPYTER_CONFIG_PATH="$(1)$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" $(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/notebooks/start.ipynb $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_ARGS)

# What a lesson's share consists of: its answers before the checks, its notebooks, its own tests.
SHARE := $(if $(LESSON),tests/gate/test_gate.py tests/unit/test_checks.py tests/unit/test_authoring.py lessons)
WHOLE := $(if $(LESSON),$(SHARE) tests/gate tests/end_to_end/test_solutions.py tests/browser/test_lessons.py)
QUICK := -m "not slow and not browser" --ignore=tests/browser --ignore=tests/hostile

check: setup static ## lint, types, notebooks up to date, quick tests: under two minutes
	@rm -f build/times.json
	GATE=quick $(TESTS) $(QUICK) $(SHARE) $(PYTEST_ARGS)

test: setup static ## everything: check, solutions, slow and browser tests: under 30 minutes
	$(BIN)/python tools/needs.py
	rm -rf build/solutions build/executed build/times.json && mkdir -p build/solutions
	cp -R solutions/$(LESSON)* build/solutions/
	GANCOURSE_FAST=1 $(PARALLEL) -p no:cacheprovider --nbval-lax --nbval-current-env --nbval-cell-timeout=600 build/solutions
	GANCOURSE_WHOLE=1 $(TESTS) $(WHOLE) $(PYTEST_ARGS)

gate: setup ## every wrong and right answer to every exercise, in the sandbox too, and a machine's: an hour
	GATE=all $(TESTS) tests/gate $(PYTEST_ARGS)

fuzz: setup ## broken, odd and hostile notebooks and folders to the grader, for an hour (FUZZ=60: a minute)
	FUZZ=$(or $(FUZZ),3600) $(PYTEST) -n 3 -p no:nbval -o console_output_style=classic --dist load tests/hostile/test_fuzz.py $(PYTEST_ARGS)

static:
	$(RUFF) check .
	$(RUFF) format --check .
	$(BIN)/pyrefly check --summary=none
	$(BIN)/gancourse lint --built $(LESSON)

lessons: setup ## rebuild notebooks/ and solutions/ from lessons/
	$(BIN)/gancourse lessons $(LESSON)

bench: setup ## measure the lessons' targets over several seeds; run each in full and listen for silence
	@missed=0; \
	echo "== in full"; $(BIN)/python benchmarks/lesson_times.py --lesson "$(LESSON)" || missed=1; \
	for bench in $(sort $(wildcard lessons/$(if $(LESSON),$(LESSON)*,*)/bench.py)); do \
		echo "== $$bench"; $(BIN)/python $$bench $(BENCH_ARGS) || missed=1; \
	done; exit $$missed

lock: setup ## renew requirements.lock and environment.yml from pyproject.toml
	$(BIN)/python tools/lock.py

clean: ## delete .venv/, build/ and caches, never notebooks or grades
	rm -rf .venv build .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
