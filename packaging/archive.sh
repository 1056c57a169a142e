#!/usr/bin/env bash
# The archive of a release, into target/packaging: corsight-TARGET.tar.gz and its checksum, which packaging/action fetches.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/parts.sh
target="$(rustc -vV | sed -n 's/^host: //p')"
cd target/packaging
folder="corsight-$target"
mkdir "$folder"
cp -R corsight man completions THIRD-PARTY.txt ../../README.md ../../LICENSE-APACHE ../../LICENSE-MIT "$folder"
tar -czf "$folder.tar.gz" "$folder"
sha256sum "$folder.tar.gz" > "$folder.tar.gz.sha256"
rm -r "$folder"
