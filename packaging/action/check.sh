#!/usr/bin/env bash
# Runs corsight on the action's inputs, which stand in the environment.
set -euo pipefail

paths=()
while IFS= read -r path; do
    if [ -n "$path" ]; then
        paths+=("$path")
    fi
done <<< "$CORSIGHT_PATHS"
if [ "${#paths[@]}" -eq 0 ]; then
    echo "::error::corsight: the input paths is empty"
    exit 2
fi

read -r -d '' -a args <<< "$CORSIGHT_ARGS" || true # no delimiter, so the end of the text is met
summary=
if [ "$CORSIGHT_SUMMARY" = true ]; then
    summary="$(mktemp)"
    args+=(--report "markdown=$summary")
fi

status=0
corsight check --no-progress --format "$CORSIGHT_FORMAT" --fail-on "$CORSIGHT_FAIL_ON" ${args[@]+"${args[@]}"} \
    -- "${paths[@]}" || status=$?

# GitHub refuses a summary of more than 1 MiB whole.
if [ -n "$summary" ]; then
    head -c 1000000 "$summary" >> "$GITHUB_STEP_SUMMARY"
    rm "$summary"
fi
echo "status=$status" >> "$GITHUB_OUTPUT"
exit "$status"
