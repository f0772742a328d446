.PHONY: help run test test-quick lint format lock bench

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

run: ## start the site at http://localhost:8000/ (PORT, DATABASE_URL and every other setting from the environment)
	@exec bin/python bin/run.py

test: ## everything: lint, types, contracts, deployment checks, all tests on SQLite and PostgreSQL
	@exec .ci/run

test-quick: ## the tests on SQLite without the browser, in about four minutes
	@exec .ci/run --quick

lint: ## what reads the code: ruff, mypy, import contracts, templates, dependencies
	@exec .ci/run --lint

format: ## put imports and lines in order
	@bin/python bin/environment.py dev
	@.venv/bin/ruff check --fix --quiet
	@.venv/bin/ruff format --quiet

lock: ## bring requirements/*.txt in line with pyproject.toml (needs uv; bin/lock --upgrade renews all)
	@exec bin/lock

bench: ## requests a second, latency, memory and SQL at 1,000 to 100,000 pieces, in ten minutes (ARGS="--sizes 1000": in one)
	@exec bin/python bin/bench.py $(ARGS)
