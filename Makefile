# What a developer does in a day. Needs Python 3.11 or newer and make; everything else is fetched
# into .venv.

PYTHON ?= python3
JOBS ?= 4
# A port that is named here is the one that people open; else manage.py decides, which reads .env.
NAMED := $(filter command environment,$(firstword $(origin PORT)))
AT_PORT := $(if $(NAMED),$(if $(SITE_URL),,SITE_URL=http://localhost:$(PORT)))

VENV := .venv
BIN := $(VENV)/bin
# Tests and checks sign nothing that matters. They start Python hundreds of times, so it keeps what
# it has compiled, whatever the environment says.
WITH_KEY := SECRET_KEY=for-tests-only PYTHONDONTWRITEBYTECODE=
# A check leaves no database behind.
IN_MEMORY := DATABASE_URL=sqlite://:memory:
# Four at a time on two cores, since many of them wait. Where much else runs, JOBS=2 is calmer.
# Journeys are a run of their own: Playwright leaves an event loop behind, in which no other can
# start.
PYTEST := $(WITH_KEY) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile
# Some journeys take as long as many others: whoever is done takes some over.
PYTEST_JOURNEYS := $(PYTEST) --dist worksteal
# With the stores that several processes share: Redis and PostgreSQL. An event loop that a test has
# ended takes its connections along without closing them, and is heard of in some later test.
PYTEST_SHARED := DJANGO_SETTINGS_MODULE=tests.settings.shared $(PYTEST) \
	-W ignore::ResourceWarning \
	-W ignore::pytest.PytestUnraisableExceptionWarning
# What is said, and what a database or a cache could get wrong; `make matrix` runs all of them so.
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
	@# And what people see, on the other server.
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

# One after the other: they measure time and memory.
soak: ## Run the long tests: real times, real processes (about 25 minutes)
soak: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.support.engines
	TEST_MATRIX=1 $(WITH_KEY) $(BIN)/python -m pytest $(or $(ARGS),tests/load/soak)

# Lighthouse comes from npm, as its lock file names it, and stays beside it.
lighthouse: ## Let Lighthouse look at the pages, in the machine's Chromium (about 3 minutes)
lighthouse: $(VENV)/.installed-dev tests/lighthouse/node_modules/.installed
	@$(BIN)/python -m tests.browser.chromium
	@$(WITH_KEY) $(BIN)/python -m tests.lighthouse

churn: ## Measure the server for half an hour of coming and going, into docs/ (ARGS="--minutes 5")
churn: ## Measure the server for half an hour of coming and going, into docs/ (ARGS="--minutes 5")
	@$(BIN)/python -m tests.load.soak.churn $(ARGS)

check: ## Everything that must hold before a commit
check: lint test

lint: ## Check format, rules, templates, types, migrations and settings, without the tests
lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(WITH_KEY) $(BIN)/mypy
	$(WITH_KEY) $(IN_MEMORY) $(BIN)/python manage.py makemigrations --check --dry-run
	$(WITH_KEY) $(BIN)/python manage.py check --fail-level WARNING

format: ## Put Python and templates into our format
format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

messages: ## Collect the words that are to be translated, and compile those that are
messages: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.project.catalogues

coverage: ## Run the tests and list the lines that none of them reached
coverage: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.support.engines
	$(WITH_KEY) $(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage report

bench: ## Measure what a message costs, beside a bare relay, into docs/ (ARGS=--quick for a minute)
bench: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.load.bench $(ARGS)
	@# Files come last, unless only a part is asked for.
	@$(if $(filter-out --quick,$(ARGS)),:,$(BIN)/python -m tests.load.bench.files $(ARGS))

lock: ## Pin what requirements/*.in name (ARGS=--upgrade for newer releases)
lock: $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv~=0.13.9'
	$(LOCK) $(ARGS) requirements/base.in --output-file requirements/base.txt
	$(LOCK) $(ARGS) requirements/production.in --output-file requirements/production.txt
	$(LOCK) $(ARGS) requirements/dev.in --output-file requirements/dev.txt

# The empty files remember what is installed, so that a second run starts at once. pip is the last
# thing that a new environment receives: an interrupted one is made again.
$(BIN)/pip:
	@command -v $(PYTHON) > /dev/null || { \
		echo 'Sotto needs Python 3.11 or newer, and there is no $(PYTHON).' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
		"Sotto needs Python 3.11 or newer, and %s is %s. " \
		"A newer one under another name is used so: make run PYTHON=python3.12" \
		% (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
		echo 'This Python cannot make a virtual environment.' \
			'On Debian and Ubuntu the missing part is installed with:' \
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
