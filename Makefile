# Every target makes the virtual environment it needs; only Python 3.11, make and git are taken for granted.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
# The tests draw the same each time; `make test SEED=2` draws something else, and SHUFFLE=1 tells them in another order.
SEED ?= 1
CHANCE := --randomly-seed=$(SEED) --hypothesis-seed=$(SEED) $(if $(SHUFFLE),,--randomly-dont-reorganize)
# Tests commit to disk thousands of times: where memory can stand in for the disk, it does.
SCRATCH := $(if $(wildcard /dev/shm),/dev/shm,$(or $(TMPDIR),/tmp))

# Some machines forbid Python its caches: then every bot that a test starts compiles itself anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint checks story chaos bench lock clean

demo: $(READY)
	$(BIN)/recbot demo

# Side by side, since types are checked on one core.
test: $(READY)
	$(MAKE) --no-print-directory -j 2 lint checks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

checks: $(READY)
	TMPDIR=$(SCRATCH) $(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not (story or browser)" $(CHANCE)

# Processes that are killed, browsers and full pace: what needs the machine's own clock, and patience.
story: $(READY)
	TMPDIR=$(SCRATCH) $(BIN)/pytest -n $(WORKERS) --dist worksteal -m "story or browser" $(CHANCE)

# Kills the bot's processes wherever they are: some ten minutes on PostgreSQL, and fifteen on SQLite.
chaos: $(READY)
	TMPDIR=$(SCRATCH) $(BIN)/python -m tests.chaos

bench: $(READY)
	$(BIN)/python -m bench

# The lock names versions and hashes only: where packages come from is the machine's own setting.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--quiet --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	touch $(READY)

clean:
	rm -rf $(VENV) .venv-lock build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
