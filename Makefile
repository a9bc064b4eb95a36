# Okienko. Needs Python 3.11 or newer and make; all else is set up in .venv.
.DEFAULT_GOAL := help
.PHONY: help install run hearing test near nightly coverage mutants check house bench crash pages pictures lock sbom tags clean

# The first of these that is 3.11 or newer; 3.11 is what the tests run on. Another one: make install PYTHON=/path/to/python
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
DESK := .venv/.desk-installed
TOOLS := .venv/.tools-installed
COMPILED := .venv/.desk-compiled
KIND ?= both
PACKAGES := bot dialogs nlu services values sandbox

# Tests wait for browsers, databases and processes for nearly half of their time: four of them keep two processors busy.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) * 2 )))

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

install: $(DESK) $(COMPILED) ## Make .venv with the command .venv/bin/okienko (again when the requirements have changed)

run: install ## Start the desk with its sandbox at http://127.0.0.1:8080/ (or OKIENKO_PORT)
	@exec $(BIN)/okienko run

hearing: install ## Add a recogniser of speech and its model (1 GB) for okienko hear; MODEL=base, medium …
	@$(call pip_install,--require-hashes --requirement requirements/hearing.txt)
	@exec $(BIN)/okienko hear --fetch $(or $(MODEL),small)

# First, in one process and by their names, the tests that say what this is.
FIRST := tests/desk/test_first.py
test: $(TOOLS) $(COMPILED) ## Run the daily tests; a failure is a failure
	@$(BIN)/python -m pytest $(FIRST) -v --no-header -o console_output_style=times
	@$(BIN)/python -m pytest -m "not nightly" -n $(WORKERS) --dist worksteal --ignore=$(FIRST)

near: $(TOOLS) ## Run the tests nearest to what was changed since main, for two minutes at most
	@OKIENKO_TESTS_BEGUN=$$(date +%s) $(BIN)/python -m tests.architecture.near $(WORKERS)

# A failure is mended before a release, or said in tests/parts.toml. PART=2/8, or next: the number of commits modulo 8.
PART ?= all
nightly: $(TOOLS) $(COMPILED) ## Run what the day leaves out, and kills, in parts of a quarter of an hour (PART=2/8, PART=next)
	@exec $(BIN)/python -m tests.parts $(PART) $(WORKERS)

# Both go by what `.venv/bin/python -m tests.worth see` has seen of the daily tests (an hour).
coverage: $(TOOLS) ## Count the lines of turn, money, verification, webhooks and the rest that daily tests run
	@$(BIN)/python -m tests.mutants coverage

mutants: $(TOOLS) ## Plant small mistakes there, and faults of the past (KIND=historical: these alone), see which tests notice
	@$(BIN)/python -m tests.mutants run --kind $(KIND)

check: $(TOOLS) $(COMPILED) ## Lint, formatting, types, import contracts, the limits of house, weight, words and calls, commit messages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python -m tests.architecture.house --check
	$(BIN)/python -m tests.web.weight
	$(BIN)/python -m benchmarks.thumbs.limits
	$(BIN)/python -m benchmarks.calls --check
	$(BIN)/python -m tests.architecture.commits

house: $(TOOLS) ## Measure the house: files, names, imports, docstrings
	@$(BIN)/python -m tests.architecture.house --found

bench: install ## Measure this machine's turns per second
	@exec $(BIN)/okienko bench

# make crash DATABASE=postgresql KILLS=500; what else there is: .venv/bin/python -m tests.crash --help
DATABASE ?= sqlite
KILLS ?= 200
JOURNEYS ?= 100
REPLICAS ?= 3
FREEZES ?= 3
TELEGRAM ?= 20
HELPED ?= 20
SEED ?= 20261120
crash: $(TOOLS) ## Kill the desk's processes under customers at work, judge what came of it (DATABASE=postgresql, MONTHS=1 …)
	@exec $(BIN)/python -W ignore -m tests.crash$(if $(MONTHS),.months) --database $(DATABASE) --kills $(KILLS) --journeys $(JOURNEYS) \
		--replicas $(REPLICAS) --freezes $(FREEZES) --telegram $(TELEGRAM) --helped $(HELPED) --seed $(SEED) $(MORE)

pages: $(TOOLS) ## Write docs/reference, what README quotes and the golden files anew (walks every seller's journey)
	@for page in api settings commands dialogs access readme; do \
		$(BIN)/python -m docs.dev.generated.$${page}_page || exit 1; done
	@$(BIN)/python -m tests.golden.files

pictures: $(TOOLS) ## Make the documentation's pictures anew from the running desk (port 8080, needs Chromium)
	@exec $(BIN)/python docs/pictures/make_pictures.py

lock: $(TOOLS) ## Pin the newest versions allowed by pyproject.toml, with hashes, in requirements/
	sh requirements/lock.sh

sbom: ## Write okienko.cdx.json, the bill of materials, for vulnerability scanners
	@python3 requirements/sbom.py > okienko.cdx.json && echo okienko.cdx.json

# Lightweight ones, where they are missing; git push --tags publishes them.
tags: $(TOOLS) ## Tag each release's commit vX.Y.Z
	@$(BIN)/python -m tests.architecture.tags

clean: ## Remove .venv and caches; keeps data/
	rm -rf .venv dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv doesn't read pip's own configuration (mirrors, certificates): where it can reach nothing, pip does the same, slower.
define pip_install
$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(1) || $(BIN)/python -m pip install --quiet $(1)
endef

# With these run the tests of a rule, and a seller's own: 12 MB of the tools' 700. Pinned where the tools are.
TESTERS := pytest pytest-timeout iniconfig packaging pluggy pygments colorama hypothesis sortedcontainers

$(DESK): pyproject.toml requirements/install.txt requirements/base.txt
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Okienko needs Python 3.11 or newer; none was found. Name one: make install PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv --clear .venv || \
		{ echo "Python's venv module is incomplete (on Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@echo "Setting up .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/install.txt
	@$(call pip_install,--require-hashes --requirement requirements/base.txt)
	@$(call pip_install,--no-deps --no-build-isolation --editable .)
	@awk -v wanted=" $(TESTERS) " '/^[^ #]/ { split($$1, pin, "=="); of = index(wanted, " " pin[1] " ") } of' \
		requirements/dev.txt > .venv/testers.txt
	@$(call pip_install,--require-hashes --requirement .venv/testers.txt)
	@touch $(DESK)

# Modules and common texts, also where PYTHONDONTWRITEBYTECODE keeps Python from doing so at the first start.
$(COMPILED): $(DESK) $(shell find $(PACKAGES) -name '*.py' -o -name '*.toml')
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@$(BIN)/python -m bot.app.compiled
	@touch $(COMPILED)

$(TOOLS): $(DESK) requirements/dev.txt
	@echo "Adding the tools of tests and checks to .venv"
	@$(call pip_install,--require-hashes --requirement requirements/dev.txt)
	@touch $(TOOLS)
