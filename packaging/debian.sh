#!/usr/bin/env bash
# The Debian package, into target/debian. Needs cargo-deb (`cargo install cargo-deb`); what goes in stands in Cargo.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
unset CARGO_TARGET_DIR

packaging/parts.sh
cargo deb --no-build --locked "$@"
