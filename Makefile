# make demo   builds the command and runs it on a real table
# make test   runs every check: tests, examples, formatting, warnings
# make help   lists the rest

OUTLIER = .build/release/outlier
SOURCES = Sources Plugins Tests Examples Benchmarks Package.swift

.PHONY: help setup build demo test unit examples lint format benchmark sanitize fuzz clean

help:
	@echo "make demo       build, then find anomalies in a real table (Examples/breast-cancer.yaml)"
	@echo "make test       all checks: tests, examples, formatting, warnings"
	@echo "make build      build the command: $(OUTLIER)"
	@echo "make unit       the tests alone"
	@echo "make examples   run every configuration and program of Examples/"
	@echo "make sanitize   a part of the tests under the thread and the address sanitizer"
	@echo "make fuzz       look for inputs that crash it, for an hour (FUZZ_SECONDS, FUZZ_SEED)"
	@echo "make format     format the sources"
	@echo "make benchmark  compare with the peers from PyPI (needs network and some minutes)"

setup:
	@.ci/setup

build: setup
	@swift build -c release --product outlier

demo: build
	@$(OUTLIER) run Examples/breast-cancer.yaml

test: lint examples unit

unit: setup
	@.ci/swift-test

examples: build
	@Examples/run-all

lint: setup
	@swift format lint --strict --recursive $(SOURCES)

format:
	@swift format --in-place --recursive $(SOURCES)

sanitize: setup
	@.ci/sanitize

fuzz: setup
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-3600} FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} .ci/fuzz

benchmark: setup
	@Benchmarks/run

clean:
	@rm -rf .build .build-*
