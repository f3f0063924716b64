#!/bin/sh
# Keeps an instance there while commands are run in it. With arguments, runs those instead.
set -eu

# The home is memory where the root file system is read-only: nothing that an agent leaves there outlives the instance.
mkdir -p "$HOME/.config" "$HOME/.cache" 2> /dev/null || echo "factory-entry: $HOME cannot be written; give it memory (Tmpfs)" >&2
if [ $# -gt 0 ]; then
  exec "$@"
fi

echo "factory-entry: ready"
exec sleep infinity
