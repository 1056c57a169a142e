#!/usr/bin/env bash
# Puts corsight on the PATH of the action's further steps.
set -euo pipefail

: "${CORSIGHT_INSTALL:=source}" "${RUNNER_TEMP:=/tmp}"
root="$RUNNER_TEMP/corsight"

from_source() {
    cargo install --locked --path "$(dirname "$0")/../.." --root "$root"
}

from_release() {
    local target archive url
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) target=x86_64-unknown-linux-gnu ;;
        Linux-aarch64) target=aarch64-unknown-linux-gnu ;;
        Darwin-arm64) target=aarch64-apple-darwin ;;
        Darwin-x86_64) target=x86_64-apple-darwin ;;
        *)
            echo "::error::corsight: no release for $(uname -s) on $(uname -m); use install: source"
            exit 2
            ;;
    esac
    archive="corsight-$target.tar.gz"
    url="$GITHUB_SERVER_URL/$CORSIGHT_REPOSITORY/releases/download/$CORSIGHT_REF/$archive"
    mkdir -p "$root/bin"
    cd "$root"
    curl --fail --silent --show-error --location --retry 3 --remote-name "$url" --remote-name "$url.sha256"
    checksum --check "$archive.sha256"
    tar -xzf "$archive"
    mv "corsight-$target/corsight" bin/
}

checksum() {
    if command -v sha256sum > /dev/null; then
        sha256sum "$@"
    else
        shasum --algorithm 256 "$@"
    fi
}

case "$CORSIGHT_INSTALL" in
    source) from_source ;;
    release) from_release ;;
    none)
        command -v corsight
        exit 0
        ;;
    *)
        echo "::error::corsight: install is $CORSIGHT_INSTALL; expected source, release or none"
        exit 2
        ;;
esac
echo "$root/bin" >> "$GITHUB_PATH"
