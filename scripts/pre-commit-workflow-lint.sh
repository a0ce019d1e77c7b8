#!/bin/sh
# For .git/hooks/pre-commit: every check, of workflows and of all else, on what is staged.
exec "$(dirname -- "$(readlink -f -- "$0")")/kei-git.sh" check --staged "$@"
