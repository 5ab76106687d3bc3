# make demo: install and see it work.  make test: install and run every check.  make extension: package it for VS Code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint extension vscode pictures benchmark clean

$(VENV)/demo.done: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/test.done: $(VENV)/demo.done
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	$(BIN)/python -m pip install --quiet --editable '.[nvim]' || \
	  { echo 'NEOVIM COULD NOT BE INSTALLED: its tests will be skipped' >&2; test -z "$$CI"; }
	$(BIN)/python -m pip install --quiet --editable '.[export]' || \
	  { echo 'JAX COULD NOT BE INSTALLED: exported JAX code will not be run' >&2; test -z "$$CI"; }
	test -z "$$CI" || $(BIN)/python -m pip install --quiet --editable '.[torch]' # large: a user's machine is spared
	$(BIN)/python -m pip install --quiet --editable '.[vscode]' || \
	  { echo 'NODE COULD NOT BE INSTALLED: the VS Code tests will be skipped' >&2; test -z "$$CI"; }
	touch $@

demo: $(VENV)/demo.done
	$(BIN)/python examples/demo.py

lint: $(VENV)/test.done
	$(BIN)/ruff check server tests benchmarks examples
	$(BIN)/mypy

# the extension for VS Code, with the server inside: clients/vscode/nablatex.vsix
extension: $(VENV)/demo.done
	$(BIN)/python -m pip install --quiet --editable '.[vscode]'
	clients/vscode/package $(abspath $(BIN))/python

vscode: $(VENV)/test.done
	tests/editors/vscode/install $(abspath $(BIN))/python || \
	  { echo 'VS CODE COULD NOT BE INSTALLED: its tests will be skipped' >&2; test -z "$$CI"; }

test: lint vscode
	$(BIN)/python -m pytest

# the pictures of the README files, from the real editor
pictures: vscode
	$(BIN)/python -m pytest tests/editors/test_vscode.py -k pictures
	mkdir -p docs/pictures
	for name in wrong-step derivation; do cp artefacts/vscode/readme-$$name.png docs/pictures/$$name.png; done

benchmark: $(VENV)/test.done
	$(BIN)/python benchmarks/derivatives.py
	$(BIN)/python benchmarks/latency.py
	$(BIN)/python benchmarks/export.py

clean:
	rm -rf $(VENV) .tools artefacts clients/vscode/node_modules clients/vscode/dist clients/vscode/server build dist *.egg-info server/*.egg-info
