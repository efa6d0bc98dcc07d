# Every target first sees to .venv, so that a fresh machine needs no more than Python 3.11, make and pip.
# ARGS goes on to what is run: make demo ARGS=--once, make test ARGS="tests/kernel -k paging".

PYTHON ?= python3
VENV := .venv/bin
READY := .venv/ready
JAVASCRIPT := .venv/javascript/ready

# The PostgreSQL that tests start insists on a run-time folder that belongs to its user alone.
export XDG_RUNTIME_DIR := $(CURDIR)/.venv/run

.DEFAULT_GOAL := help
.PHONY: help demo test check bench soak requirements lock clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Run the whole story on an empty machine and keep serving; ARGS=--once ends after the story.
	@$(VENV)/daybook demo $(ARGS)

test: $(READY) $(JAVASCRIPT) ## Run the tests, one run on each core; ARGS chooses some of them.
	@$(VENV)/python -m pytest -n auto --dist worksteal $(ARGS)

check: $(READY) ## Lint, check the format, the types and the rules about imports.
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy src tests tools $(wildcard bench)
	@$(VENV)/lint-imports --no-logo

bench: $(READY) ## Measure, as ratios within one run; ARGS chooses a measurement.
	@$(VENV)/python -m bench $(ARGS)

soak: $(READY) ## Kill and pause workers at random for a while, and judge what is left.
	@$(VENV)/python -m tests.soak $(ARGS)

requirements: $(READY) ## Print which requirement lines the tests prove, and what the others wait for.
	@$(VENV)/python -m tools.requirements

lock: ## Rewrite requirements.lock; ARGS=--upgrade takes the newest versions.
	@tools/lock.sh $(ARGS)

clean: ## Remove .venv and all caches; data and the lock stay.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" tools/setup.sh

$(JAVASCRIPT): tests/javascript/package-lock.json tools/javascript.sh | $(READY)
	@tools/javascript.sh
