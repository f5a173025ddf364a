# Everything starts here. `make book` and `make test` set up what they need by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
BUILD := NNLEARN_EXPLORERS=recorded $(BIN)/jupyter-book build -q -W --keep-going -n .

.DEFAULT_GOAL := help
.PHONY: help book html lab test test-unit test-notebooks test-pages notebooks lint format lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -e 's/:.*## /|/' | while IFS='|' read -r name what; do \
		printf '  make %-16s %s\n' "$$name" "$$what"; done

book: html  ## build the book and serve it on http://127.0.0.1:8000/ (or PORT=...)
	@$(BIN)/python tools/serve.py _build/html $(PORT)

html: $(VENV)/.book  ## build the book, strictly, into _build/html
	@$(BUILD)
	@$(BIN)/python tools/widget_errors.py _build

lab: $(VENV)/.book  ## open the chapters as notebooks in JupyterLab
	$(BIN)/jupyter lab book

test: lint test-unit test-notebooks test-pages  ## lint, and run all tests

test-unit: $(VENV)/.dev  ## the package alone
	$(BIN)/python -m pytest tests -n 2 --ignore=tests/test_pages.py

test-notebooks: $(VENV)/.dev  ## run every notebook and compare every output
	$(BIN)/python tools/notebooks.py --check
	$(BIN)/python -m pytest --nbval --nbval-cell-timeout=120 -n 2 --dist loadscope -p no:randomly book

test-pages: $(VENV)/.dev  ## build the book from clean and try every page in a browser
	rm -rf _build
	@$(MAKE) --no-print-directory html
	$(BIN)/python -m pytest tests/test_pages.py

notebooks: $(VENV)/.dev  ## run the notebooks and write them in the form that is committed
	$(BIN)/python tools/notebooks.py

lint: $(VENV)/.dev  ## style, unused code, import directions
	$(BIN)/ruff check .
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## sort imports and mend what can be mended
	$(BIN)/ruff check --fix .

lock: $(VENV)/.dev  ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --extra book pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:  ## remove what was built, and keep the environment
	rm -rf _build dist .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# ---- The environment: made once, and again when what it is made from changes ---------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "nnlearn needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.book: $(VENV)/.made requirements.txt pyproject.toml
	@echo "Setting up (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.book requirements-dev.txt
	@echo "Setting up what tests need (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
