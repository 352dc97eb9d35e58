#!/usr/bin/env bash
# Prints the first Python of at least 3.11 that runs and can make virtual environments.
for each in python3 python3.13 python3.12 python3.11; do
  if "$each" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$each"
    exit 0
  fi
done
echo "no Python >= 3.11 with venv: apt-get install python3 python3-venv" >&2
exit 2
