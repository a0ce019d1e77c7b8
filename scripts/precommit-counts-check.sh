#!/bin/sh
# For .git/hooks/pre-commit: the numbers of what is staged.
exec "$(dirname -- "$(readlink -f -- "$0")")/kei-git.sh" counts --check --staged "$@"
