#!/bin/sh
# Makes the numbers in prose true, or says with --check which are not: docs/counts.md
exec "$(dirname -- "$(readlink -f -- "$0")")/kei-git.sh" counts "$@"
