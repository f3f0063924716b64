#!/usr/bin/env bash
# Measures the task queue beside its peers: the same work for all, in one run, in interleaved rounds.
#
#   benchmarks/Peers/run.sh [--quick] [--rounds N] [--only a,b] [--cases a,b] [--json FILE]
#   benchmarks/Peers/run.sh --scale      ours alone: full tables, growth, a worker's memory (see Scale/)
#
# --quick: one round with a fifth of the tasks. --only and --cases take beginnings of the names in node/contestants.mjs and node/driver.mjs.
# Needs what eng/engines.sh installs, and npm's registry for the peers; they go to ORCHESTRATOR_PEERS (default: ~/.cache/orchestrator-peers).
# PostgreSQL is a server of its own with its default durability (eng/engines.sh's one has none), made for the run in a temporary folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${ORCHESTRATOR_PEERS:-$HOME/.cache/orchestrator-peers}
engines=${ORCHESTRATOR_ENGINES:-$HOME/.cache/orchestrator-engines}
quick=false rounds= only= cases= json= mode=peers

while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=true ;;
    --rounds) rounds=$2; shift ;;
    --only) only=$2; shift ;;
    --cases) cases=$2; shift ;;
    --json) json=$(realpath -m "$2"); shift ;;
    --scale) mode=scale ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done
if [ -z "$rounds" ]; then if $quick; then rounds=1; else rounds=3; fi; fi

say() { printf 'peers: %s\n' "$*" >&2; }

# --- a PostgreSQL server of its own ---

data=$(mktemp -d "${TMPDIR:-/var/tmp}/orchestrator-peers-XXXXXX")
as_postgres() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

stop() {
  local code=$?
  if [ -f "$data/pg/data/postmaster.pid" ]; then as_postgres "$pg_bin/pg_ctl" stop -s -m fast -D "$data/pg/data" || true; fi
  rm -rf "$data"
  exit $code
}
trap stop EXIT

start_postgres() {
  local password port tries
  mkdir -m 711 "$data/pg"
  chmod 711 "$data"
  password=$(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf '%s' "$password" > "$data/pg/password")
  if [ "$(id -u)" = 0 ]; then chown -R postgres "$data/pg"; fi
  as_postgres "$pg_bin/initdb" -D "$data/pg/data" -U peers -E UTF8 --locale=C --auth=scram-sha-256 --pwfile="$data/pg/password" > /dev/null
  rm -f "$data/pg/password"
  for tries in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    if as_postgres "$pg_bin/pg_ctl" start -w -s -D "$data/pg/data" -l "$data/pg/server.log" \
      -o "-p $port -k $data/pg -c listen_addresses=127.0.0.1 -c max_connections=200" > /dev/null 2>&1 < /dev/null; then
      export PEERS_ADMIN="postgresql://peers:$password@127.0.0.1:$port/postgres"
      export PEERS_POSTGRES="postgresql://peers:$password@127.0.0.1:$port/peers"
      export PEERS_NPGSQL="Host=127.0.0.1;Port=$port;Username=peers;Password=$password;Database=peers"
      return
    fi
  done
  tail -5 "$data/pg/server.log" >&2
  return 1
}

# --- the peers, from npm, outside of the repository ---

install_peers() {
  mkdir -p "$cache"
  cp "$here"/node/*.mjs "$cache/"
  if ! cmp -s "$here/node/package-lock.json" "$cache/installed-lock.json"; then
    say "installing the peers into $cache"
    cp "$here/node/package.json" "$here/node/package-lock.json" "$cache/"
    npm ci --prefix "$cache" --no-audit --no-fund --loglevel=error >&2
    cp "$here/node/package-lock.json" "$cache/installed-lock.json"
  fi
  node=$(ls "$cache"/node_modules/node-linux-*/bin/node 2> /dev/null | head -1)
  node=${node:-$(command -v node)}
}

build() {
  dotnet build "$here/Orchestrator.Benchmarks.Peers.csproj" -c Release -v quiet -clp:NoSummary >&2
  PEERS_PROGRAM=$(dotnet msbuild "$here/Orchestrator.Benchmarks.Peers.csproj" -p:Configuration=Release -getProperty:TargetPath)
  export PEERS_PROGRAM
}

"$root/eng/engines.sh" node postgres redis >&2
pg_bin=$(dirname "$(command -v initdb || ls -1 /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
install_peers
build
start_postgres
# shellcheck disable=SC1091
. "$engines/redis.env"
export PEERS_REDIS=$ORCHESTRATOR_REDIS PEERS_DATA=$data

if [ $mode = scale ]; then
  dotnet "$PEERS_PROGRAM" scale "{\"quick\":$quick}"
  exit
fi

list() { printf '%s' "$1" | awk -F, '{ for (i = 1; i <= NF; i++) printf "%s\"%s\"", (i > 1 ? "," : ""), $i }'; }
caption="PostgreSQL $("$pg_bin/postgres" --version | awk '{ print $3 }') with fsync and synchronous commit (its defaults); \
$(redis-server --version | awk '{ print $1, $3 }') with appendfsync everysec (may lose a second); SQLite with synchronous=FULL but for the one named normal. \
$(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg) at the start, $(date +%F)."
(cd "$cache" && "$node" driver.mjs "{\"quick\":$quick,\"rounds\":$rounds,\"only\":[$(list "$only")],\"cases\":[$(list "$cases")],\"json\":\"$json\",\"caption\":\"$caption\"}")
