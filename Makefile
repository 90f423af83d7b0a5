# Needs Python 3.11 or later and make, nothing else. `make` alone lists what there is.

VENV := .venv
BIN := $(VENV)/bin
CASE ?= recruitment
WORKERS ?= auto
PYTEST_ARGS ?=

# The first interpreter that really runs and is recent enough (a name on the path may be a
# stub); PYTHON=/path/to/python chooses another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	if $$name -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then command -v $$name; break; fi; done)

# JupyterLab itself asks the network for news and newer versions, unless told not to.
OFFLINE := --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate

# One thread for each numerical library: the tests already use every core.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help demo test lint check notebooks notebook-pages bundle api guides pages schema reports vendor benchmark clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## audit the built-in recruitment case into audit-recruitment/
	$(BIN)/algo-audit demo $(CASE)

test: $(VENV)/.installed-dev ## run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)
	$(BIN)/python -m pytest -n $(WORKERS) --nbmake --nbmake-timeout=600 -p no:cacheprovider notebooks

lint: $(VENV)/.installed-dev ## lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## lint, then every test

notebooks: $(VENV)/.installed-notebooks ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir=notebooks $(OFFLINE)

notebook-pages: $(VENV)/.installed-dev ## make the notebooks from their sources, run them, write reports/notebooks
	$(BIN)/python notebooks/pairing.py --render

bundle: $(VENV)/.installed ## build a folder for a USB key in build/usb (needs the network)
	$(BIN)/python bundle/build.py

api: $(VENV)/.installed-dev ## build the interface reference from the docstrings in build/api
	$(BIN)/python docs/api.py

guides: $(VENV)/.installed ## make the guides as pages to read offline and print, in build/guides
	$(BIN)/python docs/guides.py

pages: $(VENV)/.installed ## write the method page and the glossary anew from the reports' words
	$(BIN)/python docs/pages.py

schema: $(VENV)/.installed ## write docs/audit.schema.json anew from the result's types
	$(BIN)/python -c "import json; from algo_audit.report.json import json_schema; print(json.dumps(json_schema(), indent=2, ensure_ascii=False))" > docs/audit.schema.json

reports: $(VENV)/.installed ## write reports/ and the data sheets of the built-in cases anew
	$(BIN)/python -m algo_audit.report.samples

vendor: $(VENV)/.installed ## train the vendor model of CASE anew
	$(BIN)/python -c "from algo_audit.cases.vendor_model import MODEL, write_model; from algo_audit.cases.folders import case_folder; write_model('$(CASE)', case_folder('$(CASE)') / MODEL)"

benchmark: $(VENV)/.installed-benchmarks ## measure speed against the peers (an hour; builds their environments)
	$(BIN)/python -m benchmarks.speed

clean: ## remove what was built, the environment too
	rm -rf $(VENV) build dist audit-$(CASE) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment is made once; libraries are installed again only when pyproject.toml changes.
$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or later (with venv) was not found: install it, or say make PYTHON=/path/to/python" >&2; \
		exit 1; fi
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-notebooks: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[notebooks]"
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-benchmarks: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev,benchmarks]"
	@touch $@ $(VENV)/.installed-dev $(VENV)/.installed
