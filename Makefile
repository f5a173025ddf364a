# Everything starts here. `make book` and `make test` set up what they need by themselves.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
BUILD := $(BIN)/jupyter-book build -q -W --keep-going -n .
# Two processes; what goes to which is said in tests/conftest.py. Each computes in one thread: with two, each would wait for the
# other's on a machine with two processors, and a chapter would take up to four times as long.
PYTEST := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder
NBVAL := --nbval --nbval-cell-timeout=120
# Kernels come from this environment and not from whatever else is installed on the machine.
export JUPYTER_PREFER_ENV_PATH := 1
unexport JUPYTER_PATH PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help book html pdf lab test strict test-unit test-notebooks test-pages test-grading notebooks diffs lint types format lock links clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -e 's/:.*## /|/' | while IFS='|' read -r name what; do \
		printf '  make %-16s %s\n' "$$name" "$$what"; done

book: html  ## build the book, serve it and say where (PORT=8000)
	@$(BIN)/python tools/serve.py _build/html $(PORT)

html: $(VENV)/.book $(VENV)/.lite  ## build the book, strictly, into _build/html
	@$(BUILD)

pdf: $(VENV)/.dev html  ## print the book into _build/nnlearn.pdf (needs Chromium)
	@$(BIN)/python tools/pdf.py _build/html _build/nnlearn.pdf

lab: $(VENV)/.book  ## open the chapters as notebooks in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) book

test: lint $(VENV)/.lite $(VENV)/.torch  ## lint, build the book from clean, and run all tests
	@rm -rf _build/html _build/.doctrees
	$(PYTEST) $(NBVAL) book tests

test-unit: $(VENV)/.dev $(VENV)/.torch  ## the package alone, without notebooks and pages
	$(PYTEST) tests --ignore=tests/test_pages.py --ignore=tests/test_notebooks.py --ignore=tests/test_build.py \
		--ignore=tests/test_pdf.py

test-notebooks: $(VENV)/.dev $(VENV)/.torch  ## run every notebook and compare every output with the committed one
	$(PYTEST) $(NBVAL) book tests/test_notebooks.py

test-pages: strict  ## build the book from clean, and try every page in a browser
	$(PYTEST) tests/test_pages.py tests/test_build.py tests/test_pdf.py

.PHONY: test-processor
test-processor: $(VENV)/.dev $(VENV)/.torch  ## run every notebook with the arithmetic of an older processor; what a page shows has to be the same
	OPENBLAS_CORETYPE=Nehalem NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL AVX512_SPR" $(PYTEST) $(NBVAL) book

test-grading: $(VENV)/.made requirements-grading.txt  ## make assignments and have nbgrader and otter grade them, in .venv-grading
	@[ -d .venv-grading ] || $(PYTHON) -m venv .venv-grading
	@.venv-grading/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-grading.txt
	@.venv-grading/bin/python -m pip install -q --disable-pip-version-check --no-deps .
	.venv-grading/bin/python tools/try_grading.py

STACK_TESTS := $(patsubst %,tests/test_%.py,activations argument_checks autograd datasets gradcheck initializers layers losses network numbers \
	optimizers same_run schedules stack_gradients storage training workshop)
.PHONY: test-stack test-numpy
test-stack: $(VENV)/.dev  ## the stack's own unit and property tests, the quickest thing to run after a change there
	$(PYTEST) $(STACK_TESTS)

# Without conftest.py, which serves the pages too; hypothesis's own profile takes the place of the one that is made there.
test-numpy: requirements-oldest.txt  ## run the tests of the stack on the oldest numpy that we support, in .venv-numpy
	@[ -d .venv-numpy ] || $(PYTHON) -m venv .venv-numpy
	@.venv-numpy/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-oldest.txt
	.venv-numpy/bin/python -m pytest --noconftest --hypothesis-profile=ci $(STACK_TESTS)

# From clean, since Sphinx does not repeat the warnings of pages that it does not read again. What notebooks gave when they
# were run stays, as long as neither they nor the package have changed.
strict: $(VENV)/.dev $(VENV)/.lite
	@rm -rf _build/html _build/.doctrees
	@$(BUILD)

notebooks: $(VENV)/.dev  ## run the notebooks and write them in the form that is committed
	$(BIN)/python tools/notebooks.py

diffs: $(VENV)/.dev  ## let git show and merge notebooks in a readable way, in this clone
	git config diff.jupyternotebook.command "$(CURDIR)/$(BIN)/git-nbdiffdriver diff"
	git config merge.jupyternotebook.name "merge notebooks by their cells"
	git config merge.jupyternotebook.driver "$(CURDIR)/$(BIN)/git-nbmergedriver merge %O %A %B %L %P"

lint: types  ## style, docstrings, unused code, type hints, import directions, workflows, what Markdown names
	$(BIN)/ruff check .
	$(BIN)/python tools/mentions.py
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --no-progress --quiet .github/workflows

types: $(VENV)/.dev  ## check the type hints of the stack
	@$(BIN)/mypy

format: $(VENV)/.dev  ## sort imports and mend what can be mended
	$(BIN)/ruff check --fix .

LOCK := $(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header
lock: $(VENV)/.dev  ## pin the newest versions that pyproject.toml allows
	$(LOCK) pyproject.toml --extra book -o requirements.txt
	$(LOCK) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) pyproject.toml --extra grading -c requirements.txt -o requirements-grading.txt
	$(LOCK) pyproject.toml --extra mutants -c requirements.txt -o requirements-mutants.txt
	$(LOCK) pyproject.toml --extra stack-tests --resolution lowest-direct -o requirements-oldest.txt
	$(LOCK) bench/requirements.in -c requirements.txt -o bench/requirements.txt
	@$(MAKE) --no-print-directory sbom

.PHONY: sbom
sbom: $(VENV)/.dev $(VENV)/.lite  ## write what everything is made of, with licences, into sbom.cdx.json
	@$(BIN)/python tools/sbom.py

.PHONY: reproducible
reproducible: $(VENV)/.dev $(VENV)/.lite  ## build the book twice from nothing, in other folders, and compare every byte
	@$(BIN)/python tools/reproducible.py

clean:  ## remove what was built, and keep the environment
	rm -rf _build dist .pytest_cache .hypothesis .ruff_cache .mypy_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

links: strict  ## follow the book's links to other places; needs the network
	$(BIN)/jupyter-book build -q --builder linkcheck .

# ---- The environment: made once, and again when what it is made from changes ---------------------------------------

PIP := $(BIN)/python -m pip install -q --disable-pip-version-check

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "nnlearn needs Python 3.11 or newer; if you have one, name it: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.book: $(VENV)/.made requirements.txt pyproject.toml
	@echo "Setting up $(VENV) (once; it takes a minute or two) ..."
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.book requirements-dev.txt
	@echo "Setting up what the tests need (once) ..."
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

# Python in the browser: parts that are pinned by hash (tools/lite_parts.json) and kept in .lite-parts. Without them the book is built
# all the same, without the buttons that run a chapter; where CI is set, that is a failure.
$(VENV)/.lite: $(VENV)/.book tools/lite_parts.json requirements.txt
	@if $(BIN)/python tools/lite_parts.py; then touch $@; \
	else \
		echo "The parts of Python in the browser could not be fetched: the pages will have no button that runs them."; \
		if [ -n "$$CI" ]; then echo "CI is set, where nothing may be left out."; exit 1; fi; \
	fi

# Where PyTorch cannot be installed, the tests that need it are skipped, which they say at their end; the next `make test` tries
# again. Where CI is set, nothing may be skipped, and so this fails.
$(VENV)/.torch: $(VENV)/.dev requirements-torch.txt
	@echo "Installing PyTorch for the tests of chapter 16 (once; on Linux see requirements-torch.txt for the small build) ..."
	@if $(PIP) -r requirements-torch.txt && $(BIN)/python -c 'import torch'; then touch $@; \
	else \
		echo "PyTorch could not be installed. Without it nnlearn.to_torch and the cells of chapter 16 that use it are NOT TESTED."; \
		if [ -n "$$CI" ]; then echo "CI is set, where nothing may be left out."; exit 1; fi; \
	fi

# ---- Small faults put into the package, to see whether the tests notice ----------------------------------------------

.PHONY: mutants
mutants: .venv-mutants/.made $(VENV)/.dev $(VENV)/.torch  ## put small faults into the package, one at a time (MODULES="losses layers" for some)
	$(BIN)/python tools/mutants.py $(MODULES)

.venv-mutants/.made: requirements-mutants.txt
	@[ -d .venv-mutants ] || $(PYTHON) -m venv .venv-mutants
	@.venv-mutants/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-mutants.txt
	@touch $@

# ---- A release: see RELEASING.md -------------------------------------------------------------------------------------

.PHONY: dist
dist: $(VENV)/.book  ## build the wheel and the source distribution into dist/
	@$(BIN)/python tools/dist.py dist

# ---- Speed beside frameworks: in an environment of its own, with pinned peers ----------------------------------------

.PHONY: bench bench-pages bench-makers
# Variables that some machines set: the first two slow numpy's BLAS, the third makes Python compile at every import.
bench: .venv-bench/.made  ## time nnlearn beside frameworks and write bench/RESULTS.md (PARTS="a b" for some)
	@env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE -u PYTHONDONTWRITEBYTECODE .venv-bench/bin/python -m bench.run $(PARTS)

bench-pages: html $(VENV)/.dev  ## time the built pages and the live explorers and write bench/PAGES.md; needs Chromium
	@PYTHONPATH=.:tools $(BIN)/python -m bench.pages

bench-makers: $(VENV)/.dev $(VENV)/.lite $(VENV)/.torch  ## time the book's build and the tests and write bench/MAKERS.md; takes a quarter of an hour
	@PYTHONPATH=.:tools $(BIN)/python -m bench.makers

.venv-bench/.made: bench/requirements.txt requirements-torch.txt
	@echo "Setting up .venv-bench (once) ..."
	@[ -d .venv-bench ] || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r bench/requirements.txt
	@.venv-bench/bin/python -m pip install -q --disable-pip-version-check -r requirements-torch.txt
	@.venv-bench/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
