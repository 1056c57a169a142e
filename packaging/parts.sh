#!/usr/bin/env bash
# What every package is made of, into target/packaging: the stripped program, a manual page for it and for each of its
# commands, completions, and the licences of the crates inside. The other scripts call this one.
set -euo pipefail
cd "$(dirname "$0")/.."
unset CARGO_TARGET_DIR # the packages' lists of files name target/

cargo build --release --locked
parts=target/packaging
rm -rf "$parts"
mkdir -p "$parts/man" "$parts/completions"
strip -o "$parts/corsight" target/release/corsight

"$parts/corsight" man > "$parts/man/corsight.1"
# The main page names the pages of the commands; `help` has none of its own.
sed -n 's/^corsight\\-\([a-z]*\)(1)$/\1/p' "$parts/man/corsight.1" | grep -vx help | while read -r command; do
    "$parts/corsight" man "$command" > "$parts/man/corsight-$command.1"
done

"$parts/corsight" completions bash > "$parts/completions/corsight.bash"
"$parts/corsight" completions zsh > "$parts/completions/_corsight"
"$parts/corsight" completions fish > "$parts/completions/corsight.fish"

packaging/notices.py > "$parts/THIRD-PARTY.txt"
