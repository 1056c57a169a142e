#!/usr/bin/env bash
# The Debian package, into target/debian. Needs cargo-deb (`cargo install cargo-deb`); what goes in stands in Cargo.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
unset CARGO_TARGET_DIR

packaging/parts.sh
# Debian's changelog has a form of its own; what changed stands in ours, beside it.
gzip -9nc CHANGELOG.md > target/packaging/changelog.gz
version="$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"
maintainer="$(sed -n 's/^maintainer = "\(.*\)"$/\1/p' Cargo.toml)"
cat > target/packaging/changelog.Debian << END
corsight ($version-1) unstable; urgency=medium

  * Release $version; what is new stands in changelog.gz beside this file.

 -- $maintainer  $(git log -1 --format=%cD)
END
cargo deb --no-build --locked "$@"
