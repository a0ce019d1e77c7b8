#!/bin/sh
# Proves that pinned actions exist, belong to their repository and are what their comment says: docs/workflow.md
exec "$(dirname -- "$(readlink -f -- "$0")")/kei-git.sh" workflow pins "$@"
