# What can be done with the course. Each target sets up what it needs, and says so.
#
#   make lab      open JupyterLab with the lesson in which a line learns from real data
#   make test     run all tests
#   make book     build the static site into _build/html
#   make serve    build it and serve it on this machine
#   make exercises  make the students' notebooks from the sources with solutions
#   make handout  make what students get: a zip, without solutions
#
# A Python environment is made in .venv on first use, with the first Python on the PATH that the
# course supports; to name another: `make PYTHON=python3.12 lab`. `make lab` installs what a student
# needs (requirements.txt), the other targets add the tools of authors and tests
# (requirements-dev.txt). To use an environment that exists, with those packages in it, name its
# folder: `make test VENV=/path/to/environment`.

PYTHON ?=
# Two of its values name no interpreter, but speak of the site: `make book PYTHON=required` fails where
# the files for Python in the pages cannot be had, PYTHON=no leaves them out (see
# book/_ext/python_in_the_page.py, which finds the variable in the environment).
interpreter := $(filter-out required no,$(PYTHON))
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

# The matrices of the course are small: threads that wait for one another cost more than they save.
# Lesson 14 takes 31 s of processor time with two of them, and 7 s with one.
export OPENBLAS_NUM_THREADS ?= 1

# The stamps tell that the environment holds what is pinned. Somebody else's is taken as it is.
ifeq ($(VENV),.venv)
ready := .venv/ready
tools := .venv/tools
endif

# A Python that is named, and is not the one of the environment, has it made anew.
ifneq ($(interpreter),)
ifneq ($(shell ($(interpreter) -V) 2>/dev/null),$(shell (.venv/bin/python -V) 2>/dev/null))
.PHONY: .venv/ready
endif
endif

pin = $(python) -m uv pip compile pyproject.toml --universal --python-version 3.11 --quiet \
  --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make pins"

.PHONY: help lab tools test book serve bench exercises handout tidy lint pins clean
.DEFAULT_GOAL := help

help: ## Say what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/ready: requirements.txt pyproject.toml
	@.ci/set-up requirements.txt "$(interpreter)"
	@touch $@

.venv/tools: requirements-dev.txt .venv/ready
	@.ci/set-up requirements-dev.txt
	@touch $@

# The settings make JupyterLab serve this folder: by itself it would serve that of the lesson, and
# links to all others would lead nowhere.
lab: $(ready) ## Open a lesson in JupyterLab
	$(python) -m jupyterlab --config=.jupyter/lab.json $(LESSON)

tools: $(tools) ## Install the tools of authors, graders and tests

# Three for two processors: a test in a browser often waits for the next frame.
test: $(tools) ## Run all tests: unit, documentation examples, notebooks, built site, browser
	$(python) -m pytest -n 3 --dist loadfile

book: $(tools) ## Build the static site into _build/html
	$(python) -m jupyter book build . --toc book/_toc.yml -W --keep-going -q $(output)

serve: book ## Build the site and serve it on this machine
	@echo "The course is at http://localhost:$(PORT)/ (stop with Ctrl+C)."
	@$(python) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

bench: book ## Measure how fast the figures react; write a table
	$(python) -m tests.benchmarks

exercises: $(tools) ## Make the students' notebooks and checks from the sources with solutions
	$(python) -m course_utils.grading build

handout: $(ready) ## Make what students get, without solutions: _build/handout.zip
	$(python) -m course_utils.handout $(if $(BRANCH),--branch $(BRANCH)) $(if $(HUB),--hub $(HUB) --repository $(HANDOUT))

tidy: $(tools) ## Tidy the notebooks and format the code
	$(python) -m course_utils.notebooks tidy notebooks
	$(python) -m ruff format
	$(python) -m ruff check --fix

lint: $(tools) ## Check format, style, types and tidiness of the notebooks
	$(python) -m ruff format --check
	$(python) -m ruff check
	$(python) -m mypy
	$(python) -m course_utils.notebooks check notebooks

pins: $(tools) ## Renew the pinned versions from the ranges in pyproject.toml
	$(pin) --all-extras --upgrade --output-file requirements-dev.txt
	$(pin) --extra lab --constraint requirements-dev.txt --output-file requirements.txt

clean: ## Remove what was built; the environment and fetched packages stay
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
