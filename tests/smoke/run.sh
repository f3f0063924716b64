#!/usr/bin/env bash
# Consumes the packed packages as a stranger would: restore from the local feed, build, run, and look at what came along.
# Usage: tests/smoke/run.sh FEED       (the folder with the nupkg files)
set -euo pipefail

feed=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/." "$work/"
export ORCHESTRATOR_SMOKE_FEED="$feed" ORCHESTRATOR_SMOKE_CACHE="$work/cache"

# What DESIGN allows each package to bring along, beside Microsoft.Extensions.DependencyInjection, which the programs reference themselves.
allowed_common='^(Orchestrator\.Abstractions|Microsoft\.Extensions\.(DependencyInjection(\.Abstractions)?|Logging\.Abstractions|Options|Primitives|AI\.Abstractions))/'

# Routing watches the providers' health in the background, Containers their pools: an IHostedService, whose package brings its own contracts along.
hosting='^Microsoft\.Extensions\.(Hosting|Configuration|Diagnostics|FileProviders)\.Abstractions/'
declare -A allowed_besides=([RoutingOnly]=$hosting [ContainersOnly]=$hosting [PatchingOnly]='^$')

for program in RoutingOnly ContainersOnly PatchingOnly; do
    own="Orchestrator.${program%Only}"
    dotnet build "$work/$program" --nologo -v quiet -warnaserror
    # Straight from the list of the restore: every package in the closure.
    foreign=$(grep -oE '^      "[A-Za-z0-9.]+/[0-9][^"]*": \{' "$work/$program/obj/project.assets.json" | tr -d ' "{:' | sort -u \
        | grep -vE "$allowed_common" | grep -vE "${allowed_besides[$program]}" | grep -vE "^$own/" || true)
    if [ -n "$foreign" ]; then
        echo "smoke: $program drags in what the design does not allow:" >&2
        echo "$foreign" >&2
        exit 1
    fi
    dotnet "$work/$program/bin/Debug/net10.0/$program.dll"
    echo "smoke: $program ok"
done

# The command installs as a tool, and its native SQLite comes along.
dotnet tool install Orchestrator.Cli --version 0.1.0 --tool-path "$work/tools" --configfile "$work/nuget.config" > /dev/null
"$work/tools/orchestrator" tasks list --state "$work/state" --json
test -f "$work/state/orchestrator.db"
echo "smoke: orchestrator ok"
