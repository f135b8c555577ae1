# Everything is derived: `make run` and `make test` build what they need and start at once the next time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Software OpenGL, so that the pictures do not depend on the machine's driver.
SOFTWARE_GL := LIBGL_ALWAYS_SOFTWARE=1 PYOPENGL_PLATFORM=glx QT_QPA_PLATFORM=xcb

.PHONY: run test check oracles bench soak wheel clean

run: $(VENV)/.app
	@.ci/system-packages run
	@$(BIN)/landscape $(SCENE)

test: $(VENV)/.test check
	@.ci/system-packages test
	$(BIN)/python -m pytest tests/core --numprocesses auto --no-xvfb
	$(SOFTWARE_GL) $(BIN)/python -m pytest tests/gui --numprocesses auto

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

oracles: $(VENV)/.oracles
	$(BIN)/python -m pytest tests/oracles --no-xvfb

bench: $(VENV)/.oracles $(VENV)/.bench
	@.ci/system-packages test
	$(SOFTWARE_GL) $(BIN)/python -m pytest tests/bench -s

soak: $(VENV)/.test
	@.ci/system-packages test
	LANDSCAPE_SOAK_SECONDS=300 $(SOFTWARE_GL) $(BIN)/python -m pytest tests/gui/test_random.py -s

wheel: $(VENV)/.app
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) dist build

$(VENV)/.app: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Landscape needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.app
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/.oracles: $(VENV)/.test
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[oracles]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@
