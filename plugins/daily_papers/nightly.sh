#!/usr/bin/env bash
# Alias of cli/nightly.sh, for the scripts/nightly of existing archive repositories.
exec bash "$(dirname -- "${BASH_SOURCE[0]}")/cli/nightly.sh" "$@"
