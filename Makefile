# Two commands: `make run` and `make test`. Both make .venv first, with Python 3.11 or newer (PYTHON=... names another one).
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run docs notebook workshop guide test test-fast test-lowest test-exchange lint lint-player pages player benchmark benchmark-peers fuzz install install-test install-docs clean

run: install
	$(BIN)/katye sweep force-funding --quick

# Eight notebooks for those who learn; JupyterLab is installed first.
notebook: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[notebook]'
	$(BIN)/python -m jupyterlab notebooks

# A page for a room, workshop.html: opens by double click, without a network. Minutes on a quiet laptop.
workshop: install
	$(BIN)/katye workshop money-stops

# A facilitator's papers in three languages, as PDF below papers/: guide, handout, map.
guide: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[guide]'
	$(BIN)/katye guide

# A file's tests stay on one process: they share what is dear to make.
# Left to itself it would begin with the files of many tests, and end with one process at the dearest of few.
PYTEST = $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test: install-test
	$(PYTEST)

# Without the tests that are marked slow: within two minutes or so, for while one writes.
test-fast: install-test
	$(PYTEST) -m "not slow"

# A quick part of the tests with the lowest versions that setup.cfg promises of every library, its extras too; those have no
# wheels for the newest Python. What they compile is kept apart, and what newer Pythons warn of in them is no error. Another
# SALib draws other points of a screening, of which one more parameter survives by chance.
LOWEST = build/lowest
LOWEST_PYTHON ?= python3.11
# All extras but solara: its versions are pinned, so that it has no lowest, and part of it comes as source.
EXTRAS = $(filter-out solara,$(shell sed -n '/extras_require/,/entry_points/s/^\([a-z]*\) =$$/\1/p' setup.cfg))
QUICKER = not screening_ends and not tiny_study and not cholera
QUICK = tests/katye/test_front_door.py tests/experiments/cli/test_command_saving.py tests/experiments/cli/test_analysis_command.py \
  tests/experiments/calibration/test_emulator.py tests/models/haiti/saving/test_kept_runs.py tests/simulation/files

test-lowest: $(LOWEST)/installed
	NUMBA_CACHE_DIR=$(CURDIR)/$(LOWEST)/compiled $(LOWEST)/bin/python -m pytest -W default -k "$(QUICKER)" $(QUICK)

$(LOWEST)/installed: setup.cfg
	rm -rf $(LOWEST)
	$(LOWEST_PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOWEST)/bin/uv pip compile --quiet --python $(LOWEST)/bin/python --resolution lowest-direct \
	  $(EXTRAS:%=--extra %) setup.cfg --output-file $(LOWEST)/versions.txt
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --only-binary :all: --requirement $(LOWEST)/versions.txt
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --no-deps --editable .
	@touch $@

# With the programs that take what Katye hands on: GeoPandas, xarray, Flee, the EMA Workbench, Solara. Their own warnings are theirs.
test-exchange: install-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[exchange,solara]'
	$(BIN)/python -m pytest -W default tests/experiments/exchange tests/models/haiti/test_solara_app.py

lint: install-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The JavaScript of the player and of the app by ESLint and TypeScript, from npm. Without npm, or where it brings nothing, a line says so.
JS = tests/javascript
lint-player:
	@if ! command -v npm >/dev/null; then echo "No npm here: JavaScript was not linted"; \
	elif ! npm ci --prefix $(JS) --silent --no-audit --no-fund --ignore-scripts --fetch-retries 0 --fetch-timeout 20000; then \
	  echo "npm did not bring ESLint and TypeScript: JavaScript was not linted"; \
	else $(JS)/node_modules/.bin/eslint --config $(JS)/eslint.config.js simulation/replay/player experiments/app/page && \
	  $(JS)/node_modules/.bin/tsc -p $(JS); fi

# The pages that are made from code and tests: PARAMETERS.md, docs/mechanisms.md, docs/bibliography.md, docs/verification.md.
pages: install-test
	$(BIN)/python docs/pages

# The player of pages from its modules: simulation/replay/player.html, which is committed.
player: install-test
	$(BIN)/python docs/pages --player

# The documentation as a folder that opens by double click, without a network: build/site/index.html.
docs: install-docs
	$(BIN)/python docs/pages --site

# Ten thousand harmed files of each kind; a few hundred of them are among the tests.
fuzz: install-test
	$(BIN)/python tests/fuzz --inputs 10000

benchmark: install-test
	$(BIN)/katye benchmark

# Beside other libraries: one rule of households in each, held against the exact expectation. Writes docs/benchmark.md. They are
# installed apart, with a Python that has all of them.
PEERS = build/peers
PEERS_PYTHON ?= python3.12

benchmark-peers: $(PEERS)/installed
	PYTHONPATH=tests $(PEERS)/bin/python -m benchmarks.peers

$(PEERS)/installed: setup.cfg
	rm -rf $(PEERS)
	$(PEERS_PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[peers]'
	@touch $@

install: $(VENV)/installed
install-test: $(VENV)/installed-test
install-docs: $(VENV)/installed-docs

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Katye needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1). Try: make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python setup.cfg setup.py pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache
