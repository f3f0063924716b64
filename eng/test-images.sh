#!/usr/bin/env bash
# Makes the images that the tests run, without any registry: a file system of this machine's own programs, imported as an image.
#
#   eng/test-images.sh                  orchestrator-test/busybox:1 (sh, httpd, sleep and the other small programs of busybox)
#   eng/test-images.sh busybox codex    also orchestrator-test/codex:2 (busybox, the real Codex CLI of "eng/engines.sh codex", and socat, which leads to the credential proxy)
#   eng/test-images.sh --status codex   exit code 0 when the image is there
#
# It needs the engine of "eng/engines.sh docker", or any other that ORCHESTRATOR_DOCKER=unix://<socket> names. Quick when all is there.
set -euo pipefail

cache=${ORCHESTRATOR_ENGINES:-$HOME/.cache/orchestrator-engines}

say() { printf 'test-images: %s\n' "$*"; }
fail() { printf 'test-images: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo > /dev/null; then sudo "$@"
  else fail "'$*' needs root: run it yourself, then run eng/test-images.sh again"
  fi
}

address=${ORCHESTRATOR_DOCKER:-unix://$cache/docker.sock}
case $address in
  unix://*) socket=${address#unix://} ;;
  *) fail "ORCHESTRATOR_DOCKER must be unix://<socket>" ;;
esac
docker() { local path=$1; shift; curl -fsS --max-time 60 --unix-socket "$socket" "$@" "http://docker$path"; } # path curl-options...

docker /_ping -o /dev/null || fail "no Docker Engine answers on $socket: run eng/engines.sh docker"
tag() { case $1 in codex) echo 2 ;; *) echo 1 ;; esac; } # name; another one when its content changes
exists() { docker "/images/orchestrator-test/$1:$(tag "$1")/json" -o /dev/null 2> /dev/null; } # name
case ${1:-} in
  --status) exists "${2:?--status needs the name of an image}"; exit ;;
  -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit ;;
esac

is_static() { [ -x "$1" ] && (ldd "$1" 2>&1 || true) | grep -qE "not a dynamic executable|statically linked"; }
busybox=$(command -v busybox || true)
if [ -z "$busybox" ] || ! is_static "$busybox"; then
  command -v apt-get > /dev/null || fail "install a static busybox with your package manager, then run eng/test-images.sh again"
  say "installing busybox-static with apt"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends busybox-static > /dev/null
  busybox=$(command -v busybox)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/root/{bin,etc,proc,sys,dev,tmp,work,home/agent,var/www}
chmod 1777 "$work/root/tmp"
cp "$busybox" "$work/root/bin/busybox"
for name in $("$busybox" --list); do
  [ "$name" = busybox ] || ln -s busybox "$work/root/bin/$name"
done
printf 'root:x:0:0:root:/:/bin/sh\nagent:x:1000:1000:agent:/home/agent:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' > "$work/root/etc/passwd"
printf 'root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n' > "$work/root/etc/group"
printf 'ok\n' > "$work/root/var/www/index.html"

# A program with the libraries that it loads.
add_program() { # program package
  local program library
  program=$(command -v "$1" || true)
  if [ -z "$program" ]; then
    command -v apt-get > /dev/null || fail "install $2 with your package manager, then run eng/test-images.sh again"
    say "installing $2 with apt"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" > /dev/null
    program=$(command -v "$1")
  fi
  install -D -m 755 "$(readlink -f "$program")" "$work/root/bin/$1"
  for library in $(ldd "$program" 2> /dev/null | grep -oE '/[^ ]+' || true); do install -D -m 755 "$(readlink -f "$library")" "$work/root$library"; done
}

make_image() { # name query: of what lies in root
  tar --numeric-owner --owner=0 --group=0 -C "$work/root" -cf "$work/image.tar" .
  answer=$(docker "/images/create?fromSrc=-&repo=orchestrator-test/$1&tag=$(tag "$1")&changes=ENV%20PATH%3D/bin&$2" \
    -X POST -H 'Content-Type: application/x-tar' -T "$work/image.tar")
  rm "$work/image.tar"
  exists "$1" || fail "the engine did not take the image: $answer"
  say "orchestrator-test/$1:$(tag "$1"): made"
}

[ $# -gt 0 ] || set -- busybox
for image in "$@"; do
  case $image in busybox | codex) ;; *) fail "unknown image '$image'; known: busybox codex" ;; esac
  if exists "$image"; then
    say "orchestrator-test/$image:$(tag "$image"): is there"
    continue
  fi
  case $image in
    busybox) make_image busybox 'changes=CMD%20%5B%22sh%22%5D' ;;
    codex)
      codex=$(readlink -f "$cache/bin/codex" || true)
      [ -x "$codex" ] || fail "the Codex CLI is missing: run eng/engines.sh codex"
      is_static "$codex" || fail "$codex needs libraries that the image has not"
      cp "$codex" "$work/root/bin/codex"
      add_program socat socat
      if [ -f /etc/ssl/certs/ca-certificates.crt ]; then install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$work/root/etc/ssl/certs/ca-certificates.crt"; fi
      make_image codex 'changes=USER%201000%3A1000&changes=ENV%20HOME%3D/home/agent&changes=WORKDIR%20/work&changes=CMD%20%5B%22sleep%22%2C%22infinity%22%5D'
      rm -rf "$work/root/bin/codex" "$work/root/bin/socat" "$work/root/lib" "$work/root/lib64" "$work/root/etc/ssl"
      ;;
  esac
done
