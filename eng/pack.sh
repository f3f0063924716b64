#!/usr/bin/env bash
# Packs everything of src into a folder (default: artifacts/packages), emptied first. The packages of one commit are the same bytes everywhere
# when CI=true: the time inside them is the commit's.
#
#   eng/pack.sh [folder]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
output=${1:-$root/artifacts/packages}
mkdir -p "$output"
output=$(cd "$output" && pwd)
rm -f "$output"/*.nupkg "$output"/*.snupkg

SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2> /dev/null || echo 1767225600)
export SOURCE_DATE_EPOCH
dotnet msbuild "$root/eng/pack.proj" -t:Pack -p:Configuration=Release "-p:PackageOutputPath=$output" -m -nodeReuse:false -v:quiet -nologo
ls -1 "$output"/*.nupkg
