#!/usr/bin/env bash
# Builds and checks everything, as CI does.
#
#   eng/build.sh          engines, restore, build, format check, tests, packages
#   eng/build.sh test     restore, build, tests
#   eng/build.sh format   restore, format check
#   eng/build.sh pack     restore, packages
#
# Prints progress and ends with one line, "N passed, N failed, N skipped": the tests of all projects, and one failure for each other step
# that failed. The exit code is 0 only when nothing failed. CI=true restores in locked mode; ORCHESTRATOR_REQUIRE_ENGINES=1 turns tests
# that skip for want of an engine into failures.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
solution=Orchestrator.sln
artifacts=${ArtifactsPath:-$root/artifacts}
logs=$artifacts/logs
mkdir -p "$logs"

# A compiler server under a name of our own: shared by every project of this run, and stopped at its end without touching anybody else's.
server=orchestrator-$$
export SharedCompilationId=$server UseSharedCompilation=true MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

passed=0
failed=0
skipped=0
started=() # engines that this run started, and stops
instances= # of earlier runs, in the Docker Engine

step() { # name command...
  local name=$1 began=$SECONDS code=0
  shift
  printf '\n== %s\n' "$name"
  "$@" || code=$?
  if [ $code -eq 0 ]; then
    printf '== %s: ok, %s s\n' "$name" $((SECONDS - began))
  else
    printf '== %s: FAILED with %s, %s s\n' "$name" $code $((SECONDS - began))
    failed=$((failed + 1))
  fi
  return $code
}

engines() {
  local engine
  for engine in postgres docker; do
    eng/engines.sh --status $engine || started+=("$engine")
  done
  eng/engines.sh || return
  if eng/engines.sh --status docker; then
    eng/test-images.sh busybox codex || return
    # Minutes and half a gigabyte of downloads the first time: without it, its tests skip.
    if [ "${ORCHESTRATOR_REQUIRE_ENGINES:-}" = 1 ]; then eng/test-images.sh factory || return; fi
    instances=$(instances)
  fi
}

# Containers, networks and volumes that carry our labels in the Docker Engine, one a line.
instances() {
  local cache=${ORCHESTRATOR_ENGINES:-$HOME/.cache/orchestrator-engines} kind filter
  eng/engines.sh --status docker || return 0
  for kind in 'containers/json?all=1&' 'networks?' 'volumes?'; do
    for filter in orchestrator.owner orchestrator.test; do
      curl -fsG --max-time 20 --unix-socket "$cache/docker.sock" "http://docker/$kind" --data-urlencode "filters={\"label\":[\"$filter\"]}" \
        | { grep -oE '"(Names":\["[^"]*|Name":"[^"]*)' || true; } | tr -d '[]' | sed "s|^|${kind%%[?/]*} |"
    done
  done | sort -u
}

restore() { dotnet restore "$solution" -v quiet -nodeReuse:false; }

build() { dotnet build "$solution" --no-restore -m -nodeReuse:false -v quiet -clp:NoSummary; }

format() { dotnet format "$solution" --verify-no-changes --no-restore; }

pack() { eng/pack.sh "$artifacts/packages"; }

smoke() { count "$logs/smoke.log" tests/smoke/run.sh "$artifacts/packages"; }

# Runs a command, shows its output, and adds the counts of a closing "N passed, N failed, N skipped" when there is one.
count() { # log command...
  local log=$1 code line
  shift
  "$@" 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -1)
  if [ -n "$line" ]; then
    # shellcheck disable=SC2086
    set -- $line
    passed=$((passed + $1)) failed=$((failed + $3)) skipped=$((skipped + $5))
    if [ "$3" -gt 0 ]; then return 0; fi # counted
  fi
  return "$code"
}

tests() {
  local project name
  printf '\n== tests\n'
  for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    case $name in
      *.Tests | *.EndToEnd) run_tests "$name" ;;
    esac
  done

  local left
  left=$(comm -13 <(printf '%s\n' "$instances") <(instances))
  if [ -n "$left" ]; then
    printf '  FAILED: left in the Docker Engine\n%s\n' "$(printf '%s\n' "$left" | head -20 | sed 's/^/    /')"
    failed=$((failed + 1))
  fi
}

run_tests() { # project
  local name=$1 log=$logs/$1.log began=$SECONDS code=0 p f s
  local program=$artifacts/bin/$name/debug/$name
  if [ ! -x "$program" ]; then
    printf '  %-44s FAILED: not built\n' "$name"
    failed=$((failed + 1))
    return
  fi

  # Those that run agents have a folder of their own for temporary files, so that what is left shows.
  local temporary=
  case $name in
    *.Providers.Tests | *.Hosting.Tests | *.Cli.Tests | *.EndToEnd) temporary=$(mktemp -d) ;;
  esac
  TMPDIR=${temporary:-${TMPDIR:-/tmp}} timeout --kill-after=10 1200 "$program" --no-progress --no-ansi > "$log" 2>&1 < /dev/null || code=$?
  p=$(summary succeeded "$log") f=$(summary failed "$log") s=$(summary skipped "$log")
  # A crash, a time-out or a project without tests is a failure too, though no test says so.
  if [ $code -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  printf '  %-44s %5s passed %4s failed %4s skipped %5s s\n' "$name" "$p" "$f" "$s" $((SECONDS - began))
  if [ $code -ne 0 ]; then
    printf '  exit code %s; %s ends:\n' $code "$log"
    grep -v '^\[+' "$log" | tail -150 | sed 's/^/    /'
  elif [ "$s" -gt 0 ]; then
    grep -A1 '^skipped ' "$log" | grep '^ ' | sort | uniq -c | head -10 | sed 's/^/    /'
  fi

  if [ -n "$temporary" ]; then
    leaks "$name" "$temporary" "$log"
    rm -rf "$temporary"
  fi
}

# Runs of agents leave nothing: no file or worktree of ours, no process, no port, and none of the keys that the tests mark.
leaks() { # name folder log
  local found
  if ! found=$(eng/leaks.sh "$2" "$3"); then
    printf '  %-44s FAILED: it left\n%s\n' "$1" "$(printf '%s\n' "$found" | head -20 | sed 's/^/    /')"
    failed=$((failed + 1))
  fi
}

summary() { # word log
  local number
  number=$(sed -n "s/^  $1: \([0-9][0-9]*\)\$/\1/p" "$2" | tail -1)
  printf '%s' "${number:-0}"
}

finish() {
  local code=$? process
  for process in $(pgrep -f -- "-pipename:$server( |\$)" || true); do kill "$process" 2> /dev/null || true; done
  for process in ${started[@]+"${started[@]}"}; do eng/engines.sh --stop "$process" || true; done
  printf '\n%s s in all\n%s passed, %s failed, %s skipped\n' "$SECONDS" $passed $failed $skipped
  if [ $failed -gt 0 ] && [ $code -eq 0 ]; then code=1; fi
  exit $code
}
trap finish EXIT
trap 'failed=$((failed + 1)); exit 130' INT TERM

case ${1:-all} in
  all)
    step engines engines
    step restore restore || exit 1
    if step build build; then
      step format format
      tests
      if step packages pack && [ -x tests/smoke/run.sh ]; then step smoke smoke; fi
    fi
    ;;
  test)
    step restore restore || exit 1
    if step build build; then tests; fi
    ;;
  format)
    step restore restore || exit 1
    step format format
    ;;
  pack)
    step restore restore || exit 1
    step packages pack
    ;;
  *)
    sed -n '2,12s/^# \{0,1\}//p' "$0"
    failed=1
    ;;
esac
