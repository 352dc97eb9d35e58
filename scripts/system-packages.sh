#!/usr/bin/env bash
# Debian packages that the tests drive: a real chromium, and fonts with every Vietnamese letter;
# and those named as program:package.
set -euo pipefail
missing=()
for wanted in "$@"; do
  command -v "${wanted%%:*}" >/dev/null || missing+=("${wanted##*:}")
done
command -v chromium >/dev/null || missing+=(chromium)
fc-list 2>/dev/null | grep -qi dejavu || missing+=(fonts-dejavu-core fontconfig)
[ "${#missing[@]}" -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install first: apt-get install ${missing[*]}"; exit 2; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
