# `make run` brings the whole suite up; `make test` proves it. Neither needs a server, a container or an account.
#   PORT=8001 make run        DATA_DIR=/srv/suite make run        DATABASE_URL=… REDIS_URL=… make run
PYTHON ?= python3
ORDERS ?= 300
ARGS ?=
VENV = .venv/bin/python
UV = $(shell command -v uv || echo .venv/bin/uv)
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := run
.PHONY: setup setup-runtime run test lint faults bench hammer matrix property lock clean

setup:
	@$(PYTHON) suite/runtime/setup.py

setup-runtime:
	@$(PYTHON) suite/runtime/setup.py --runtime

run: setup-runtime
	@exec $(VENV) -m suite.runtime.supervisor

test: setup
	$(VENV) -m pytest -n 2 --dist worksteal $(ARGS)

lint: setup
	$(VENV) -m ruff check .
	.venv/bin/lint-imports
	$(VENV) manage.py makemigrations --check --dry-run

# kills workers, servers and handlers under load; nothing may be lost or doubled
faults: setup
	$(VENV) -m tests.faults.run $(ORDERS)

bench: setup
	$(VENV) -m tests.bench.run $(ARGS)

# races with real threads
hammer: setup
	$(VENV) -m pytest -m hammer tests/hammer $(ARGS)

# every page and operation, every role, every method
matrix: setup
	MATRIX_FULL=1 $(VENV) -m pytest tests/matrix $(ARGS)

# previews against what is committed, over 300 random actions
property: setup
	PROPERTY_FULL=1 $(VENV) -m pytest tests/integration/property $(ARGS)

lock:
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) requirements-node.in -o requirements-node.txt
	npm install --package-lock-only --no-progress

# what can be made again; the data in var/ stays
clean:
	rm -rf build static/vendor node_modules .pytest_cache .ruff_cache .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
