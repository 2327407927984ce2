# Commands for developers. They need Python 3.11 or newer and make, and install everything else into
# .venv.

PYTHON ?= python3
JOBS ?= 4
# A PORT given to make is also the port of SITE_URL. Otherwise, manage.py reads it from .env.
NAMED := $(filter command environment,$(firstword $(origin PORT)))
AT_PORT := $(if $(NAMED),$(if $(SITE_URL),,SITE_URL=http://localhost:$(PORT)))

VENV := .venv
BIN := $(VENV)/bin
# Tests sign nothing that matters, so this key is public. They start Python hundreds of times, so
# bytecode is always cached.
WITH_KEY := SECRET_KEY=for-tests-only PYTHONDONTWRITEBYTECODE=
# Checks must not create a database file.
IN_MEMORY := DATABASE_URL=sqlite://:memory:
# Four processes on two cores, because many tests wait. On a busy machine, use JOBS=2.
# Browser tests run separately, because Playwright leaves an event loop running in which no other
# can start.
PYTEST := $(WITH_KEY) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile
# Some browser tests take much longer than others, so idle processes take over waiting tests.
PYTEST_JOURNEYS := $(PYTEST) --dist worksteal
# Tests with Redis and PostgreSQL. A closed event loop leaves its connections open, which causes
# warnings in some later test.
PYTEST_SHARED := DJANGO_SETTINGS_MODULE=tests.settings.shared $(PYTEST) \
	-W ignore::ResourceWarning \
	-W ignore::pytest.PytestUnraisableExceptionWarning
# Tests of conversations, and of whatever depends on the database or cache. `make matrix` runs all
# tests like this.
SHARED_SHORT := \
	tests/messaging/consumers/test_resume.py \
	tests/messaging/delivery/test_clearing.py \
	tests/messaging/delivery/test_conversation.py \
	tests/messaging/delivery/test_unsending.py \
	tests/messaging/files/test_closing.py \
	tests/messaging/files/test_passing.py \
	tests/messaging/people/test_blocks.py \
	tests/messaging/people/test_roster.py \
	tests/messaging/people/test_search.py \
	tests/messaging/views/test_unavailable.py \
	tests/accounts/test_postgres.py \
	tests/accounts/test_throttling.py \
	tests/accounts/test_windows.py
PYTEST_UVICORN := TEST_SERVER=uvicorn $(PYTEST)
LOCK := $(BIN)/uv pip compile \
	--quiet \
	--no-config \
	--universal \
	--python-version 3.11 \
	--generate-hashes \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run test matrix soak lighthouse churn check lint format messages coverage bench lock

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile \
		| while IFS='|' read -r name what; do printf '%-18s%s\n' "$$name" "$$what"; done

run: ## Start Sotto at http://localhost:8000 (PORT=8001 for another port)
run: $(VENV)/.installed-base
	@$(AT_PORT) $(BIN)/python manage.py migrate --verbosity 0
	@$(AT_PORT) $(BIN)/python manage.py welcome
	@$(AT_PORT) exec $(BIN)/python manage.py runserver $(if $(NAMED),localhost:$(PORT))

test: ## Run every test, some of them in a real browser (ARGS="-k presence" for a few)
test: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.support.engines
ifdef ARGS
	$(WITH_KEY) $(BIN)/python -m pytest $(ARGS)
else
	$(PYTEST) --ignore tests/browser
	$(PYTEST_JOURNEYS) tests/browser
	$(PYTEST_SHARED) $(SHARED_SHORT)
	@# One browser test under the other server.
	$(PYTEST_UVICORN) --dist load tests/browser/accessibility/test_focus.py
endif

matrix: ## Run every test in each setting and browser (about 20 minutes)
matrix: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.browser.engines
	@$(BIN)/python -m tests.support.engines
	TEST_MATRIX=1 $(PYTEST) --ignore tests/browser $(ARGS)
	TEST_MATRIX=1 $(PYTEST) tests/browser $(ARGS)
	TEST_MATRIX=1 $(PYTEST_SHARED) --ignore tests/browser $(ARGS)
	TEST_MATRIX=1 $(PYTEST_UVICORN) tests/browser $(ARGS)

# Run these one at a time, because they measure time and memory.
soak: ## Run the long tests, with real times and processes (about 25 minutes)
soak: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.support.engines
	TEST_MATRIX=1 $(WITH_KEY) $(BIN)/python -m pytest $(or $(ARGS),tests/load/soak)

# npm installs the locked version of Lighthouse into tests/lighthouse/node_modules.
lighthouse: ## Audit the pages with Lighthouse (about 3 minutes)
lighthouse: $(VENV)/.installed-dev tests/lighthouse/node_modules/.installed
	@$(BIN)/python -m tests.browser.chromium
	@$(WITH_KEY) $(BIN)/python -m tests.lighthouse

churn: ## Look for leaks during half an hour of visits, and update docs/ (ARGS="--minutes 5")
churn: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.load.soak.churn $(ARGS)

check: ## Run lint and test, which must pass before a commit
check: lint test

lint: ## Check format, rules, templates, types, migrations and settings, without the tests
lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(WITH_KEY) $(BIN)/mypy
	$(WITH_KEY) $(IN_MEMORY) $(BIN)/python manage.py makemigrations --check --dry-run
	$(WITH_KEY) $(BIN)/python manage.py check --fail-level WARNING

format: ## Format Python and templates
format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

messages: ## Collect strings for translation, and compile the translations
messages: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.project.catalogues

coverage: ## Run the tests and list the lines that none of them reached
coverage: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.support.engines
	$(WITH_KEY) $(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage report

bench: ## Measure what a message costs, and update docs/ (ARGS=--quick for a minute)
bench: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.load.bench $(ARGS)
	@# Measure files last, unless ARGS selects a part.
	@$(if $(filter-out --quick,$(ARGS)),:,$(BIN)/python -m tests.load.bench.files $(ARGS))

lock: ## Pin the packages of requirements/*.in (ARGS=--upgrade for newer releases)
lock: $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv~=0.13.9'
	$(LOCK) $(ARGS) requirements/base.in --output-file requirements/base.txt
	$(LOCK) $(ARGS) requirements/production.in --output-file requirements/production.txt
	$(LOCK) $(ARGS) requirements/dev.in --output-file requirements/dev.txt

# Empty files record what is installed, so that a second run starts at once. pip is installed last,
# so an interrupted environment is created again.
$(BIN)/pip:
	@command -v $(PYTHON) > /dev/null || { \
		echo 'Sotto needs Python 3.11 or newer, and there is no $(PYTHON).' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
		"Sotto needs Python 3.11 or newer, and %s is %s. " \
		"To use a newer one, name it: make run PYTHON=python3.12" \
		% (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
		echo 'This Python cannot create virtual environments.' \
			'On Debian and Ubuntu, install the missing package with:' \
			'apt-get install python3-venv' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

tests/lighthouse/node_modules/.installed: tests/lighthouse/package-lock.json
	@command -v npm > /dev/null || { \
		echo 'Lighthouse needs Node.js 18 or newer and npm, and there is no npm.' >&2; exit 1; }
	@echo 'Installing what $< names ...'
	@npm ci --prefix tests/lighthouse --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

$(VENV)/.installed-%: requirements/%.txt | $(BIN)/pip
	@echo 'Installing what $< names into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
