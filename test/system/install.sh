#!/bin/sh
# Makes sure that the programs are there which the system tests run. Called before the tests (npm test).
# As root on a system with apt they are installed; elsewhere one line says what is missing: those tests are skipped
# then, except in CI, where they fail. A Kafka broker is no Debian package: Maven fetches it, once.
set -u
here=$(dirname "$0")
# Where Debian keeps servers; not in everybody's path.
PATH=$PATH:/usr/sbin

missing=
for pair in kamailio:kamailio sipp:sip-tester tshark:tshark chromium:chromium promtool:prometheus \
  systemd-analyze:systemd kubectl:kubernetes-client java:default-jre-headless mvn:maven faketime:faketime; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done

broker() {
  version=$(sed -n 's/.*<kafka.version>\(.*\)<.*/\1/p' "$here/kafka/pom.xml")
  jars=${XDG_CACHE_HOME:-$HOME/.cache}/calltrail-tests/kafka-$version
  [ -d "$jars" ] && return
  echo "Fetching Kafka $version for the system tests"
  # Under its name only when it is whole.
  part=$(mktemp -d "${TMPDIR:-/tmp}/calltrail-kafka.XXXXXX")
  if mvn -q -B -f "$here/kafka/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$part/jars" >"$part/log" 2>&1 </dev/null; then
    mkdir -p "$(dirname "$jars")" && mv "$part/jars" "$jars"
  else
    tail -n 5 "$part/log"
    echo "Tests that need a Kafka broker are left out"
  fi
  rm -rf "$part"
}

if [ -z "$missing" ]; then
  broker
  exit 0
fi

by_hand() {
  echo "Tests that need them are left out, since these Debian packages are missing:$missing (sudo apt-get install$missing)"
  exit 0
}

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || by_hand

export DEBIAN_FRONTEND=noninteractive
# tshark asks whether everybody may capture: nobody needs to, only files are read.
if command -v debconf-set-selections >/dev/null 2>&1; then
  echo 'wireshark-common wireshark-common/install-setuid boolean false' | debconf-set-selections
fi
log=$(mktemp)
echo "Installing for the system tests:$missing"
# shellcheck disable=SC2086
if { apt-get update; apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
  rm -f "$log"
  # Debian starts a server when it is installed; the tests start their own.
  for server in kamailio prometheus; do
    case "$missing" in
      *"$server"*) [ -d /run/systemd/system ] && systemctl disable --now "$server" >/dev/null 2>&1 ;;
    esac
  done
  broker
else
  tail -n 5 "$log"
  rm -f "$log"
  by_hand
fi
exit 0
