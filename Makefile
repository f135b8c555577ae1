# Everything is derived: `make run` and `make test` build what they need and start at once the next time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCREEN := xvfb-run -a -s "-screen 0 1920x1200x24 +extension GLX"
# Software OpenGL, so that the pictures do not depend on the machine's driver.
SOFTWARE_GL := LIBGL_ALWAYS_SOFTWARE=1 PYOPENGL_PLATFORM=glx QT_QPA_PLATFORM=xcb

.PHONY: run test check oracles bench soak wheel clean

run: $(VENV)/.app
	@.ci/system-packages run
	@$(BIN)/landscape $(SCENE)

test: $(VENV)/.test check
	@.ci/system-packages test
	$(BIN)/python -m pytest tests/core --numprocesses auto
	$(SOFTWARE_GL) $(SCREEN) $(BIN)/python -m pytest tests/gui

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

oracles: $(VENV)/.oracles
	$(BIN)/python -m pytest tests/oracles

bench: $(VENV)/.oracles $(VENV)/.bench
	@.ci/system-packages test
	$(SOFTWARE_GL) $(SCREEN) $(BIN)/python -m pytest tests/bench -s

soak: $(VENV)/.test
	@.ci/system-packages test
	LANDSCAPE_SOAK_SECONDS=300 $(SOFTWARE_GL) $(SCREEN) $(BIN)/python -m pytest tests/gui/test_random.py -s

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
