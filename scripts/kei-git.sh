#!/bin/sh
# Runs the kei-git that this file came with, from any folder and through links; the repository is the one of the folder we are in.
root=$(dirname -- "$(readlink -f -- "$0")")/..
if [ ! -f "$root/dist/bin.cjs" ] || ! command -v node >/dev/null; then
  echo "kei-git: could not look: needs node, and $root/dist/bin.cjs, which 'npm ci' builds" >&2
  exit 3
fi
exec node "$root/dist/bin.cjs" "$@"
