#!/bin/sh
# Judges workflows and actions: docs/workflow-lint.md
exec "$(dirname -- "$(readlink -f -- "$0")")/kei-git.sh" workflow lint "$@"
