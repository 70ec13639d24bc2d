# One file of commands. `make` alone lists them; each needs nothing installed by hand but python3 (with pip), git and make.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Where it is set, every run compiles the whole of aws_cdk again: synthesis takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

TARGET ?= embedded
SEEDS ?= 1000
PAYMENTS ?= 4000
EVERY_PAIR ?= 1
EVERY_UPSET_PAIR ?= 8
EVERY_STORY_PAIR ?= 500
STAGE ?= local
PYTHON ?= python3

UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
CLOUDLESS := $(wildcard $(addprefix tests/,architecture contract model properties regressions simulation unit))
LIVES := $(addprefix tests/e2e/,test_story.py test_timelines.py)
READY := .venv/.ready .cloud/.ready node_modules/.ready
COMPILE := pip compile -q pyproject.toml --generate-hashes --no-header --no-emit-index-url --python-version 3.13 --universal
# For our Python alone: for later ones, what LocalStack pins contradicts itself.
COMPILE_LOCALSTACK := $(filter-out --universal,$(COMPILE)) --group localstack
# As in an activated environment: the CDK command calls `python`, npm calls `node`.
ACTIVE := PATH="$(CURDIR)/$(BIN):$$PATH"
# What the local cloud of TARGET needs beyond `make setup`.
CLOUD_READY := $(if $(filter localstack,$(TARGET)),.localstack/.ready)
CDK := $(ACTIVE) QUITTANCE_STAGE=$(STAGE) node_modules/.bin/cdk
say = @printf '\033[2m%s\033[0m\n'

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\n  TARGET=embedded|localstack for up, demo and e2e; STAGE=local|dev|prod for synth, bootstrap and deploy.\n'

# --- the toolchain -----------------------------------------------------------------------------

.PHONY: setup
setup: $(READY) ## Install the locked toolchain: Python 3.13, both environments, Node and the CDK

.tools/.uv-$(UV_VERSION):
	$(say) "setup: uv $(UV_VERSION)"
	@PIP_ROOT_USER_ACTION=ignore $(PYTHON) -m pip install -q --upgrade --target .tools "uv==$(UV_VERSION)"
	@touch $@

# Made anew only where it is missing or another Python's, so that a running program keeps its packages.
define environment
	@$(1)/bin/python -c 'import sys; sys.exit("{}.{}".format(*sys.version_info) != "'"$$(cat .python-version)"'")' 2>/dev/null \
		|| $(UV) venv -q --clear $(1)
	@$(UV) pip sync -q --require-hashes --python $(1) $(2)
endef

.venv/.ready: requirements/dev.txt pyproject.toml .python-version | .tools/.uv-$(UV_VERSION)
	$(say) "setup: development environment (.venv)"
	$(call environment,.venv,requirements/dev.txt)
	@$(UV) pip install -q --python .venv --no-deps --no-build-isolation -e .
	@touch $@

.cloud/.ready: requirements/cloud.txt .python-version | .tools/.uv-$(UV_VERSION)
	$(say) "setup: environment of the embedded cloud (.cloud)"
	$(call environment,.cloud,requirements/cloud.txt)
	@touch $@

node_modules/.ready: package.json package-lock.json .npmrc | .venv/.ready
	$(say) "setup: the pinned CDK command (node_modules)"
	@$(ACTIVE) npm ci --silent
	@touch $@

.PHONY: setup-localstack
setup-localstack: .localstack/.ready ## Install LocalStack without Docker, for TARGET=localstack

.localstack/.ready: requirements/localstack.txt .python-version | .tools/.uv-$(UV_VERSION)
	$(say) "setup: LocalStack without Docker (.localstack)"
	$(call environment,.localstack,requirements/localstack.txt)
	@touch $@

.bench/.ready: requirements/bench.txt .python-version | .tools/.uv-$(UV_VERSION)
	$(say) "setup: what the figures are compared with (.bench)"
	$(call environment,.bench,requirements/bench.txt)
	@touch $@

.PHONY: lock
lock: | .tools/.uv-$(UV_VERSION) ## Resolve the dependency groups of pyproject.toml into requirements/*.txt
	$(say) "lock: runtime, dev, cloud, localstack, bench"
	@$(UV) $(COMPILE) --group runtime -o requirements/runtime.txt
	@$(UV) $(COMPILE) --group dev -c requirements/runtime.txt -o requirements/dev.txt
	@$(UV) $(COMPILE) --group cloud -o requirements/cloud.txt
	@$(UV) $(COMPILE_LOCALSTACK) -o requirements/localstack.txt
	@$(UV) $(COMPILE) --group bench -o requirements/bench.txt

.PHONY: lock-check
lock-check: | .tools/.uv-$(UV_VERSION) ## Fail where requirements/*.txt differ from what `make lock` would write
	$(say) "lock-check: resolving again and comparing"
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; cp requirements/*.txt "$$fresh"; \
	$(UV) $(COMPILE) --group runtime -o "$$fresh/runtime.txt"; \
	$(UV) $(COMPILE) --group dev -c requirements/runtime.txt -o "$$fresh/dev.txt"; \
	$(UV) $(COMPILE) --group cloud -o "$$fresh/cloud.txt"; \
	$(UV) $(COMPILE_LOCALSTACK) -o "$$fresh/localstack.txt"; \
	$(UV) $(COMPILE) --group bench -o "$$fresh/bench.txt"; \
	diff -ru requirements "$$fresh" || { echo "The locks have drifted: run make lock and commit the result."; exit 1; }

# --- checks ------------------------------------------------------------------------------------

.PHONY: lint
lint: setup ## Style and formatting (ruff), import contracts (import-linter)
	$(say) "lint: ruff"
	@$(ACTIVE) ruff check --quiet
	@$(ACTIVE) ruff format --check --quiet
	$(say) "lint: import contracts"
	@$(ACTIVE) lint-imports --no-logo

.PHONY: types
types: setup ## Types (mypy --strict)
	$(say) "types: mypy"
	@$(ACTIVE) mypy

.PHONY: check
check: lint types ## Lint, types, and the tests that need no cloud
	$(say) "check: the tests that need no cloud"
	@$(ACTIVE) pytest -n 2 $(CLOUDLESS)

.PHONY: test
test: lint types ## Everything that needs no Docker: check, and the tests against the embedded cloud
	$(say) "test: the whole suite"
	@$(ACTIVE) pytest -n 2

.PHONY: format
format: setup ## Put the code into the house format
	@$(ACTIVE) ruff check --fix --quiet
	@$(ACTIVE) ruff format

.PHONY: golden
golden: setup ## Accept the synthesized templates as the golden ones
	$(say) "golden: synthesizing and writing the golden templates"
	@UPDATE_GOLDEN=1 $(ACTIVE) pytest -n 2 tests/infrastructure
	@git status --short tests/infrastructure

.PHONY: docs
docs: setup ## Generate docs/contracts from the code
	$(say) "docs: generating docs/contracts"
	@UPDATE_CONTRACTS=1 $(ACTIVE) pytest tests/contract/test_documents.py
	@git status --short docs/contracts

.PHONY: model
model: setup ## Search the model of the protocol exhaustively (needs spin and gcc), deep configurations too
	@$(ACTIVE) python -m tests.model --report bench/results/model.json

.PHONY: planted
planted: setup ## Plant every bug of tests/simulation/planted and count the seeds until the simulator finds it
	@$(ACTIVE) python -m tests.simulation.planted --anew --seeds 200 --report bench/results/planted.json

# --- the local cloud ---------------------------------------------------------------------------

.PHONY: demo
demo: setup $(CLOUD_READY) ## Run real orders from HTTP to the ledger on the local cloud of TARGET, and check them
	@$(ACTIVE) python -m apphost demo --target $(TARGET)

.PHONY: up
up: setup $(CLOUD_READY) ## Start the local cloud of TARGET in the background and deploy the app to it
	@$(ACTIVE) python -m apphost up --target $(TARGET)

.PHONY: status
status: setup ## Show what runs where
	@$(ACTIVE) python -m apphost status

.PHONY: down
down: setup ## Stop what `make up` started, by its process ids
	@$(ACTIVE) python -m apphost down

.PHONY: e2e
e2e: setup $(CLOUD_READY) ## End-to-end tests against the local cloud of TARGET
	@$(ACTIVE) python -m apphost e2e --target $(TARGET)

.PHONY: test-localstack
test-localstack: setup .localstack/.ready ## On LocalStack: the demo, its plugin, what we need of AWS, payments' lives
	$(say) "test-localstack: the demo"
	@$(ACTIVE) python -m apphost demo --target localstack
	$(say) "test-localstack: the plugin, what we need of AWS, and payments' lives"
	@$(ACTIVE) QUITTANCE_TEST_TARGET=localstack pytest -n 2 tests/localstack tests/conformance $(LIVES)

.PHONY: conformance
conformance: setup .localstack/.ready ## Ask both local clouds what we need of AWS, and write docs/conformance.md
	@$(ACTIVE) python -m tests.conformance.differences

# --- figures -----------------------------------------------------------------------------------

.PHONY: bench
bench: setup .bench/.ready ## Measure the ledger beside a naive one, SQLite and django-hordak; reconciliation beside DuckDB and polars
	@$(ACTIVE) python -m bench.ledger
	@$(ACTIVE) python -m bench.reconciliation

.PHONY: soak
soak: setup ## Find what the embedded cloud carries, then ten minutes of orders at 80 % of it, with faults
	@$(ACTIVE) python -m bench.soak $(SOAK_SECONDS)

.PHONY: fuzz
fuzz: setup ## Try every way in with what nobody should send: 20,000 requests, 100,000 webhooks, all parsers
	@$(ACTIVE) python -m bench.fuzz $(TIMES)

.PHONY: replay
replay: setup ## Compare the doubles of a table and of DynamoDB with the embedded cloud, OPERATIONS=100000
	@$(ACTIVE) python -m bench.replay $(OPERATIONS)

.PHONY: simulate
simulate: setup ## Run the whole platform simulated: SEEDS worlds with PAYMENTS in all, every crash point, their pairs
	$(say) "simulate: $(SEEDS) seeds, $(PAYMENTS) payments"
	@$(ACTIVE) python -m tests.simulation run --seeds $(SEEDS) --payments $(PAYMENTS) --every-pair $(EVERY_PAIR) \
		--every-upset-pair $(EVERY_UPSET_PAIR) --every-story-pair $(EVERY_STORY_PAIR)

# --- AWS ---------------------------------------------------------------------------------------

.PHONY: synth
synth: setup ## Synthesize the CDK app of STAGE into cdk.out
	$(say) "synth: stage $(STAGE)"
	@rm -rf cdk.out
	@QUITTANCE_STAGE=$(STAGE) CDK_OUTDIR=cdk.out $(ACTIVE) python -m infra.app

.PHONY: bootstrap
bootstrap: setup ## Prepare the AWS account and region of your credentials for the CDK, once
	$(say) "bootstrap: for stage $(STAGE)"
	@$(CDK) bootstrap -c stage=$(STAGE)

.PHONY: deploy
deploy: setup ## Deploy STAGE=dev or STAGE=prod to the AWS account of your credentials
	@[[ "$(STAGE)" != local ]] || { echo "Say which stage: make deploy STAGE=dev (the local stage is deployed by make up)."; exit 2; }
	$(say) "deploy: stage $(STAGE)"
	@$(CDK) deploy --all -c stage=$(STAGE)

# --- housekeeping ------------------------------------------------------------------------------

.PHONY: clean
clean: ## Stop the local cloud and remove what was built; the toolchain stays
	@[[ ! -e .local/processes.json ]] || $(MAKE) down
	$(say) "clean: build, cdk.out, .local and caches"
	@rm -rf build cdk.out .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
