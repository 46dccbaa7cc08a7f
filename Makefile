# What can be done with the course. Each target sets up what it needs.
#
#   make lab      open JupyterLab with the lesson in which a line learns from real data
#   make test     run all tests
#   make book     build the static site into _build/html
#   make serve    build it and serve it on this machine
#   make exercises  make the students' notebooks from the sources with solutions
#
# A Python environment is made in .venv on first use. To use one that exists, with the packages
# of requirements.txt in it, name its folder: `make test VENV=/path/to/environment`.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000

python := $(VENV)/bin/python
# The lesson that `make lab` opens; another one: `make lab LESSON=notebooks/...`.
LESSON ?= notebooks/1_cost_functions/03_the_descent_loop.ipynb

# `make book SOLUTIONS=yes` builds a site that shows the solutions of the exercises, apart from the
# other: book/_ext/exercise_pages.py finds the variable in the environment.
ifeq ($(SOLUTIONS),yes)
output := --path-output _build/solutions
endif

# The stamp tells that the environment holds what is pinned. Somebody else's is taken as it is.
ifeq ($(VENV),.venv)
ready := .venv/ready
else
ready :=
endif

.PHONY: help lab test book serve bench exercises tidy lint pins clean
.DEFAULT_GOAL := help

help: ## Say what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(python) -m pip install --quiet --upgrade pip
	$(python) -m pip install --quiet --requirement requirements.txt
	$(python) -m pip install --quiet --no-deps --editable .
	touch $@

lab: $(ready) ## Open a lesson in JupyterLab
	$(python) -m jupyterlab $(LESSON)

test: $(ready) ## Run all tests: unit, documentation examples, notebooks, built site, browser
	$(python) -m pytest -n 2 --dist loadfile

book: $(ready) ## Build the static site into _build/html
	$(python) -m jupyter book build . --toc book/_toc.yml -W --keep-going -q $(output)

serve: book ## Build the site and serve it on this machine
	@echo "The course is at http://localhost:$(PORT)/ (stop with Ctrl+C)."
	@$(python) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

bench: book ## Measure how fast the figures react; write a table
	$(python) -m tests.benchmarks

exercises: $(ready) ## Make the students' notebooks and checks from the sources with solutions
	$(python) -m course_utils.grading build

tidy: $(ready) ## Tidy the notebooks and format the code
	$(python) -m course_utils.notebooks tidy notebooks
	$(python) -m ruff format
	$(python) -m ruff check --fix

lint: $(ready) ## Check format, style, types and tidiness of the notebooks
	$(python) -m ruff format --check
	$(python) -m ruff check
	$(python) -m mypy
	$(python) -m course_utils.notebooks check notebooks

pins: $(ready) ## Renew requirements.txt from the ranges in pyproject.toml
	$(python) -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --upgrade --quiet --no-annotate --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make pins" --output-file requirements.txt

clean: ## Remove what was built; the environment and fetched packages stay
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
