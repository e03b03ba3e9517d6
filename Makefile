SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Outside the working copy, so that a fresh clone finds its dependencies already compiled.
CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/mulu/target
export CARGO_TARGET_DIR

.PHONY: help deps deps-build explorer explorer-here clients serve test soak lint fmt bench release

help: ## Print this list · 显示本列表
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r target text; do \
		printf 'make %-8s %s\n' "$$target" "$$text"; done

deps: ## Install what building and testing need (Debian) · 安装构建和测试所需的软件（Debian）
	tests/install-deps test

deps-build:
	@tests/install-deps build

# What GraphiQL at /graphiql is built from, and the two signs that it was.
MODULES := explorer/node_modules/.package-lock.json
BUNDLE := explorer/dist/index.html

$(MODULES): explorer/package.json explorer/package-lock.json
	npm ci --prefix explorer --ignore-scripts --prefer-offline --no-audit --no-fund
	@touch $@

$(BUNDLE): $(MODULES) explorer/build.mjs $(wildcard explorer/src/* explorer/queries/*)
	npm run --silent build --prefix explorer

explorer: $(BUNDLE) ## Bundle GraphiQL for /graphiql (Node, npm) · 打包 /graphiql 的 GraphiQL（需 Node、npm）
	@:

# For those who can do without it.
explorer-here:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory explorer; else \
		echo "No npm: /graphiql will be missing · 没有 npm：将缺少 /graphiql"; fi

serve: export MULU_DATABASE_URL ?= sqlite://mulu.db
serve: deps-build ## Build and serve the example catalogue · 构建并启动示例目录服务
	@$(MAKE) --no-print-directory explorer-here || \
		echo "No bundle: /graphiql will be missing · 打包未成：将缺少 /graphiql"
	cargo build --locked
	"$$CARGO_TARGET_DIR/debug/mulu" serve --example

# What tests/it/clients.rs runs: libraries of Node and Python that ask a server as their users do.
clients:
	@tests/clients/install

# What a test that fails has to say is in its message.
test soak: export RUST_BACKTRACE := 0

test: ## Check the format, run all tests (SQLite and PostgreSQL) · 检查格式并运行全部测试（SQLite 与 PostgreSQL）
	@tests/install-deps test
	@$(MAKE) --no-print-directory explorer clients
	cargo fmt --check
	CARGO_INCREMENTAL=0 timeout --foreground 2700 tests/with-postgres cargo test --locked

soak: export MULU_CASES ?= full
soak: ## Run the long tests, up to an hour · 运行长时间测试，最多一小时
	@tests/install-deps test
	@$(MAKE) --no-print-directory explorer clients
	cargo test --profile soak --locked --test it --no-run
	timeout --foreground 3600 tests/with-postgres cargo test --profile soak --locked --test it -- --nocapture

lint: ## Check format and code (rustfmt, Clippy) · 检查格式与代码（rustfmt、Clippy）
	@tests/install-deps lint
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

fmt: ## Format the code · 格式化代码
	cargo fmt

bench: deps-build ## Measure the core and reads (BENCH=arguments) · 测量核心与读取的开销（BENCH=参数）
	cargo bench --locked --bench core
	cargo bench --locked --bench reads -- $(BENCH)

release: deps-build explorer-here ## Build the release binary · 构建发布版可执行文件
	cargo build --locked --release
	@echo "$$CARGO_TARGET_DIR/release/mulu"
