# Ketamine Info. `make up` sets everything up and serves the site; `make test` sets up and runs every test.

PYTHON ?= python3
PORT ?= 8000
INSTALL = @$(PYTHON) tools/install.py
MANAGE = .venv/bin/python manage.py
COMPILE = .uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE)

unexport PYTHONDONTWRITEBYTECODE  # what Python has compiled is kept: every process starts three seconds sooner

.DEFAULT_GOAL := help
.PHONY: help up test check fmt bench readability lock

help:  ## Show these lines
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

up:  ## Set everything up and serve the site on http://localhost:8000 (PORT=8123 for another port)
	$(INSTALL) local
	@PORT='$(PORT)' DEPLOYMENT=$${DEPLOYMENT:-local} exec $(MANAGE) up

test:  ## Set everything up and run every test (ARGS='-k postcode' for some)
	$(INSTALL) dev
	@.venv/bin/python -m pytest $(if $(ARGS),$(ARGS),-n auto --dist worksteal)

check:  ## Lint, format, templates, types, Django's deployment checks, missing migrations
	$(INSTALL) dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --check --lint --quiet templates
	DEPLOYMENT=test .venv/bin/mypy .
	DEPLOYMENT=production SECRET_KEY=$$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  ALLOWED_HOSTS=ketamine.example SITE_URL=https://ketamine.example DATABASE_URL=postgres://none/none \
	  $(MANAGE) check --deploy --fail-level WARNING
	DEPLOYMENT=test $(MANAGE) makemigrations --check --dry-run

fmt:  ## Format Python and templates
	$(INSTALL) dev
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format .
	-.venv/bin/djlint --reformat --quiet templates

bench:  ## Measure postcode search on a directory of its own (ARGS='--clinics 1000000')
	$(INSTALL) dev
	@DEPLOYMENT=$${DEPLOYMENT:-local} $(MANAGE) bench $(ARGS)

readability:  ## Print each article's words, sources, charts and reading age, after `make up` has loaded them
	$(INSTALL) dev
	@DEPLOYMENT=$${DEPLOYMENT:-local} $(MANAGE) readability

lock:  ## Write requirements/*.txt from pyproject.toml (UPGRADE=--upgrade for newer releases)
	$(INSTALL) dev
	echo uv | $(COMPILE) --no-annotate -o requirements/uv.txt -
	$(COMPILE) pyproject.toml --extra embedded --extra dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra embedded -c requirements/dev.txt -o requirements/local.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/production.txt
	$(COMPILE) pyproject.toml --extra embedded --extra gazetteer -c requirements/dev.txt -o requirements/gazetteer.txt
