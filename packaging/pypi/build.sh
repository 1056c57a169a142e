#!/usr/bin/env bash
# The wheel with the program, into target/packaging/pypi. Needs maturin (`pipx install maturin`); further arguments are its own.
set -euo pipefail
cd "$(dirname "$0")"

maturin build --release --out ../../target/packaging/pypi "$@"
