#!/usr/bin/env bash
# Alias of cli/nightly.sh, which the scripts/nightly of existing repositories run by this path.
exec bash "$(dirname -- "${BASH_SOURCE[0]}")/cli/nightly.sh" "$@"
