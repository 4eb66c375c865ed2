# Flexbourse: everything a newcomer, a developer and CI run. `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
DEMO_OPTIONS ?=
TEST_OPTIONS ?=
# Processes that share the tests, a file of tests to each in turn; 0: all in one, where a debugger can stop.
TEST_WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## a market day in a village, embedded, with a report at the end
	@$(PYTHON) tools/install.py demo
	@$(BIN)/flexbourse demo $(DEMO_OPTIONS)

.PHONY: install
install: ## install what tests and checks need
	@$(PYTHON) tools/install.py dev

.PHONY: test
test: install ## every test, on real servers that the tests start themselves
	$(PYTEST) $(TEST_OPTIONS)

.PHONY: test-fast
test-fast: install ## the tests that need no server and no ten seconds
	$(PYTEST) -m "not kafka and not slow" $(TEST_OPTIONS)

.PHONY: lint
lint: install ## style, types, layers, contracts, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/check_types.py
	$(BIN)/lint-imports --no-cache
	$(BIN)/buf lint proto
	$(BIN)/buf breaking proto --against proto/released.binpb
	$(BIN)/python tools/generate_proto.py --check
	$(BIN)/python tools/generate_reference.py --check
	$(BIN)/python tools/generate_kafka_resources.py --check
	$(BIN)/python tools/generate_dashboard.py --check
	$(BIN)/node services/settlement/solidity/compile.js --check

SEEDS ?= 200

.PHONY: simulate
simulate: install ## stories of the whole platform in which everything goes wrong, one for each of SEEDS
	$(BIN)/python tests/simulation/simulate.py --seeds $(SEEDS)

.PHONY: bench
bench: install ## performance as ratios to references measured in the same run; writes docs/performance.md
	-$(BIN)/python -m uv pip install --quiet --system-certs --require-hashes --no-deps --python $(BIN)/python \
		--target build/published-books -r requirements/bench.txt
	$(BIN)/python tools/run_benchmarks.py

.PHONY: compiled
compiled: install ## optional, needs a C compiler: the order book's hot modules as machine code, in build/compiled
	$(BIN)/python tools/compile_book.py

.PHONY: proto
proto: install ## stubs, documentation tables and Kafka resources from proto/ and the catalogue
	$(BIN)/python tools/generate_proto.py
	$(BIN)/python tools/generate_reference.py
	$(BIN)/python tools/generate_kafka_resources.py
	$(BIN)/python tools/generate_dashboard.py

.PHONY: requirements
requirements: install ## the pinned and hashed requirement files, one per image
	$(BIN)/python tools/compile_requirements.py

.PHONY: images
images: ## one container image per service, with docker or buildah (ENGINE=docker|buildah)
	$(PYTHON) tools/build_images.py

.PHONY: clean
clean: ## remove what can be made again
	rm -rf .venv build tools/npm/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
