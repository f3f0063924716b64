#!/usr/bin/env bash
# Looks for what a run of tests left: files and worktrees of ours in its private temporary folder, processes that belong to it, the ports they
# listen on, and the keys that tests mark ("marked-" stands in each) in everything that was written.
#
#   eng/leaks.sh FOLDER [FILE...]    FOLDER was the run's TMPDIR; the FILEs are more that it wrote, such as its log
#
# Prints one line for each find; the exit code is 1 when there is one. A process belongs to the run when its environment, its current
# directory or a file that it holds open lies in FOLDER: others on the machine are nobody's business here.
set -uo pipefail

folder=${1:?the temporary folder}
shift

files() {
  find "$folder" -mindepth 1 -maxdepth 1 -name 'orchestrator*' -printf 'file     %p\n'
  find "$folder" \( -type f -name .git -o -type d -path '*/.git/worktrees/*' -prune \) -printf 'worktree %p\n'
}

# The ids of the run's processes, but for ourselves. The compiler's server is the SDK's, and stays for the next build unless an execution started it.
processes() {
  local directory id
  for directory in /proc/[0-9]*; do
    id=${directory#/proc/}
    if [ "$id" = $$ ] || [ "$id" = "$BASHPID" ]; then continue; fi
    if ! belongs "$directory"; then continue; fi
    if tr '\0' ' ' < "$directory/cmdline" 2> /dev/null | grep -q 'VBCSCompiler' && ! grep -qs '^ORCHESTRATOR_EXECUTION=' -z "$directory/environ"; then continue; fi
    printf '%s\n' "$id"
  done
}

belongs() { # /proc/ID
  grep -qsF -- "$folder" "$1/environ" && return
  find "$1/cwd" "$1/fd" -maxdepth 1 -type l -lname "$folder*" 2> /dev/null | grep -q .
}

ports() { # process id
  local inode
  for inode in $(find "/proc/$1/fd" -maxdepth 1 -type l -lname 'socket:*' -printf '%l\n' 2> /dev/null | tr -dc '0-9\n'); do
    awk -v inode="$inode" '$4 == "0A" && $10 == inode { split($2, address, ":"); print address[2] }' "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2> /dev/null
  done
}

# Those that two looks see: one that was just killed is still there for a moment, and no leak.
lasting() {
  local first
  first=$(processes)
  if [ -z "$first" ]; then return; fi
  sleep 2
  comm -12 <(printf '%s\n' "$first" | sort) <(processes | sort)
}

found=$({
  files
  for id in $(lasting); do
    printf 'process  %s: %s\n' "$id" "$(tr '\0\n' '  ' < "/proc/$id/cmdline" 2> /dev/null | cut -c1-200)"
    for port in $(ports "$id"); do printf 'port     %s of process %s\n' "$((16#$port))" "$id"; done
  done
  grep -rls 'marked-' "$folder" "$@" 2> /dev/null | sed 's/^/key in   /'
} || true)
if [ -n "$found" ]; then
  printf '%s\n' "$found"
  exit 1
fi
