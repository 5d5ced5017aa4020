# Acequia: what can be done with it. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

FUNCTIONS := $(notdir $(patsubst %/main.go,%,$(wildcard functions/*/main.go)))
LOCAL := .local/bin/acequia-local
# One set of flags for the command line, the functions and the tests, so that what all of them import is compiled once.
export CGO_ENABLED := 0
LINT := go tool -modfile=tools.mod golangci-lint

##@ Try it

.PHONY: demo
demo: build ## Everything set up, the sample files through the whole pipeline, the result shown
	@$(LOCAL) demo

.PHONY: up
up: build ## Start Postgres and the local cloud in the background; returns when all is ready
	@$(LOCAL) up

.PHONY: down
down: cli ## Stop what `make up` started; what was loaded stays
	@$(LOCAL) down

.PHONY: clean
clean: cli ## Stop everything and remove its state, after saying what
	@$(LOCAL) clean

##@ Use it

.PHONY: upload
upload: cli ## Upload FILE=… into DATASET=…, wait, and report how it ended
	@$(LOCAL) upload $(if $(FILE),"$(FILE)") $(if $(DATASET),"$(DATASET)") $(if $(KEY),"$(KEY)")

.PHONY: rejects
rejects: cli ## Write the rejected records of OBJECT=… (a key or an id) to FILE=…, with their reasons, to be corrected
	@$(LOCAL) rejects $(if $(OBJECT),"$(OBJECT)") $(if $(FILE),"$(FILE)")

.PHONY: replay
replay: cli ## Process OBJECT=… (a key or an id) again under the present contract; its rows stay until the new ones are there
	@$(LOCAL) replay $(if $(OBJECT),"$(OBJECT)")

.PHONY: forget
forget: cli ## Remove OBJECT=… and the older versions of its key for good: rows, rejects, and what is staged
	@$(LOCAL) forget $(if $(OBJECT),"$(OBJECT)")

.PHONY: status
status: cli ## What runs, the depths of the queues, the last files and their state
	@$(LOCAL) status

.PHONY: reconcile
reconcile: cli ## Find what was lost on its way, repair it, show it; with GRACE=30s also what is that young
	@$(LOCAL) reconcile $(if $(GRACE),-grace "$(GRACE)")

.PHONY: backfill
backfill: cli ## Take in what lay under PREFIX=… before Acequia came, [SINCE=2026-01-31]; DRYRUN=1 only counts, IN_FLIGHT=20 at once
	@$(LOCAL) backfill $(if $(PREFIX),"$(PREFIX)") $(if $(SINCE),"$(SINCE)") $(if $(DRYRUN),-dry-run) $(if $(IN_FLIGHT),-in-flight "$(IN_FLIGHT)")

.PHONY: audit
audit: cli ## Does everything add up: bucket, ledger, rows, rejects?
	@$(LOCAL) audit

.PHONY: redrive
redrive: cli ## What lies in the dead-letter queues, and why; QUEUE=… or ALL=1 sends it back and follows it
	@$(LOCAL) redrive $(if $(QUEUE),"$(QUEUE)") $(if $(ALL),-all)

.PHONY: logs
logs: cli ## Follow the functions' logs; of one with FUNCTION=…
	@$(LOCAL) logs -f $(FUNCTION)

.PHONY: local-invoke
local-invoke: build ## Invoke FUNCTION=… with EVENT=… (a sample's name in events/, or a file)
	@$(LOCAL) local-invoke $(if $(FUNCTION),"$(FUNCTION)") $(if $(EVENT),"$(EVENT)")

.PHONY: psql
psql: ## Open psql on the warehouse
	@test -f .local/env || { echo "nothing runs here yet: make up" >&2; exit 1; }
	@. .local/env && psql "$$DATABASE_URL"

##@ Check it

.PHONY: validate
validate: build ## Are the services up?
	@$(LOCAL) validate basic

.PHONY: validate-complete
validate-complete: build ## Small files end to end, held to their manifest
	@$(LOCAL) validate complete

.PHONY: validate-production
validate-production: build ## Large files end to end, held to their manifest
	@$(LOCAL) validate production

.PHONY: test
test: build ## All tests, on a private Postgres
	@url=$$($(LOCAL) postgres) && TEST_DATABASE_URL="$$url" go test -timeout 9m ./...

.PHONY: test-big
test-big: build ## Whole files of gigabytes, one of each kind, and the local cloud killed in the middle of one
	@url=$$($(LOCAL) postgres) && TEST_DATABASE_URL="$$url" ACEQUIA_BIG=1 go test -count=1 -timeout 2h -v -run "$(or $(RUN),Big)" ./test/e2e

.PHONY: chaos
chaos: build ## Faults of all kinds while files load: SEEDS=… seeds (20), or one again with SEED=… (docs/CHAOS.md)
	@go test -count=1 -timeout 24h -v -run '^TestChaos$$' ./test/chaos $(if $(SEEDS),-seeds=$(SEEDS)) $(if $(SEED),-seed=$(SEED))

.PHONY: chaos-sabotage
chaos-sabotage: build ## Break the load protocol in several ways, and see that SEEDS=… seeds (100) notice each
	@go test -count=1 -timeout 24h -v -run '^TestSabotage$$' ./test/chaos -sabotage -seeds=$(or $(SEEDS),100)

.PHONY: fuzz
fuzz: ## Fuzz all that reads files, each target for FUZZTIME (1m)
	@grep -roE '^func Fuzz[A-Za-z]+' --include='*_test.go' shared | sed 's/:func / /' | { failed=; while read -r file target; do \
		echo "$$target in $$(dirname "$$file")"; \
		go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FUZZTIME),1m) "./$$(dirname "$$file")" || failed="$$failed $$target"; \
	done; [ -z "$$failed" ] || { echo "These failed:$$failed. What broke them lies in testdata/fuzz beside them."; exit 1; }; }

.PHONY: bench
bench: build ## Acequia beside \copy, SQL staging and pgloader: ratios of ROWS=… (1000000) in ROUNDS=… (5); BIG=1 grows further
	@go run ./test/bench -rows $(or $(ROWS),1000000) -rounds $(or $(ROUNDS),5) $(if $(BIG),-big) $(if $(ONLY),-only "$(ONLY)")
	@$(if $(ONLY),,$(MAKE) bench-stages)

.PHONY: bench-stages
bench-stages: build ## Go benchmarks of the stages, each for BENCHTIME=… (200ms); the one of a million objects takes minutes, and is left out
	@url=$$($(LOCAL) postgres) && TEST_DATABASE_URL="$$url" go test -run '^$$' -bench . -skip Million -benchmem -benchtime $(or $(BENCHTIME),200ms) ./shared/... ./localstack/cloud/... | grep -v '\[no test files\]\|^PASS\|^ok'

.PHONY: lint
lint: ## golangci-lint (see .golangci.yml), go vet and a tidy go.mod
	@$(LINT) run ./...
	@$(LINT) fmt --diff ./...
	@go mod tidy -diff

.PHONY: fmt
fmt: ## Format the code
	@$(LINT) fmt ./...

##@ Build it

.PHONY: build
build: cli $(FUNCTIONS:%=.local/functions/%/bootstrap) ## The command line and the functions for this machine

.PHONY: cli
cli: needs-go
	@go build -o $(LOCAL) ./localstack

# As Lambda wants them (see infra/sam/template.yaml), but for this machine. `go build` knows what changed, so it is always asked.
.PHONY: $(FUNCTIONS:%=.local/functions/%/bootstrap)
$(FUNCTIONS:%=.local/functions/%/bootstrap): .local/functions/%/bootstrap: needs-go
	@go build -tags lambda.norpc -ldflags "-s -w" -o $@ ./functions/$*

.PHONY: needs-go
needs-go:
	@command -v go >/dev/null || { echo "Acequia is built with Go 1.26 or newer, which is not on the PATH: install it from https://go.dev/dl" >&2; exit 1; }

##@ LocalStack instead of the embedded local cloud

.PHONY: localstack-up
localstack-up: build ## Start LocalStack and Postgres in containers (needs Docker)
	@docker info >/dev/null 2>&1 || { echo "no Docker engine runs here: start one, or use make up, which needs none" >&2; exit 1; }
	@docker compose up --detach --wait

.PHONY: localstack-down
localstack-down: ## Stop them
	@docker info >/dev/null 2>&1 || { echo "no Docker engine runs here, so there is nothing to stop" >&2; exit 1; }
	@docker compose down

##@ Help

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
