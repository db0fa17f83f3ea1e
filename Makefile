# One entry point for everything; `make` alone lists the targets. Every target does the set-up it needs, once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

export PKG_CONFIG_PATH := $(CURDIR)/.deps/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))
export PYTHONDONTWRITEBYTECODE := 1

PREFIX ?= /usr/local
DESTDIR ?=
OUTPUT := outputs
SAMPLE := .build/sample/sample.mp4
INPUT := $(SAMPLE)

everything := metadata,audio,keyframes,scenes,transcription,diarization,objects,faces,ocr,text-embeddings,thumbnail,$\
              markers,fusion
release := .build/release
# Tests that compute for seconds in a debug build run by themselves: beside them, time limits of others would pass.
numeric := BuiltInPluginsTests|InferenceTests|QualityTests
tree = $(DESTDIR)$(PREFIX)

.PHONY: help setup build demo test sanitize bench lint install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: Debian packages, native libraries into .deps/
	@scripts/bootstrap

build: setup ## build the release binary, .build/release/video-extract
	swift build -c release --static-swift-stdlib --product video-extract

demo: build $(if $(filter $(SAMPLE),$(INPUT)),$(SAMPLE)) ## run the default operations on a sample clip, or on INPUT=file
	$(release)/video-extract models install --default || \
		echo 'Some models could not be fetched: what needs them is skipped.' >&2
	$(release)/video-extract perf '$(INPUT)' --ops '$(everything)' --output-dir '$(OUTPUT)'
	@echo
	@echo 'The results are in $(OUTPUT)/. Run "make demo" again: the second run answers from the cache.'

$(SAMPLE): scripts/make-sample | setup
	scripts/make-sample $@

test: setup ## run every test (debug build; installs the default models)
	swift build --build-tests
	.build/debug/video-extract models install --default || \
		echo 'Some models could not be fetched: the tests of objects and faces on real pictures are left out.' >&2
	swift test --skip-build --skip '$(numeric)'
	swift test --skip-build --filter '$(numeric)'

sanitize: setup ## the engine's tests under the thread sanitizer
	swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	swift test --skip-build --sanitize=thread --scratch-path .build-tsan --filter '^(MediaValuesTests|PluginKitTests|PipelineTests)\.'

bench: build ## measure against ffprobe, ffmpeg and PySceneDetect
	$(release)/video-extract models install --default
	Benchmarks/run

lint: setup ## format, imports, file length, documentation and safety checks, each proved able to fail
	@status=0; \
	for check in format imports length docs safety; do \
		echo "check-$$check"; \
		scripts/check-$$check --self-test && scripts/check-$$check || status=1; \
	done; \
	exit $$status

install: build ## copy a relocatable tree to PREFIX (default /usr/local); DESTDIR is honoured
	install -d '$(tree)/bin' '$(tree)/lib/video-extract' '$(tree)/share/video-extract/config/plugins'
	install -m 755 $(release)/video-extract '$(tree)/bin/video-extract'
	strip --strip-debug '$(tree)/bin/video-extract' # symbols stay for backtraces; paths of the build machine go
	find .deps/lib -maxdepth 1 -type f -name '*.so*' -exec install -m 755 -t '$(tree)/lib/video-extract' {} +
	install -m 644 config/models.yaml '$(tree)/share/video-extract/config/models.yaml'
	install -m 644 config/plugins/*.yaml '$(tree)/share/video-extract/config/plugins/'
	install -m 644 LICENSE THIRD_PARTY.md '$(tree)/share/video-extract/'
	cp -R .deps/licenses '$(tree)/share/video-extract/'
	find -L $(release) -maxdepth 1 -name '*.resources' -exec cp -R -t '$(tree)/bin' {} +

clean: ## remove build products, the sample and the demo's results (.deps/ stays)
	rm -rf .build .build-tsan outputs
