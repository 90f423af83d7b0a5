#!/bin/sh
# Starts the demonstration from this folder alone: no network, no administrator rights.
# Démarre la démonstration depuis ce seul dossier : ni réseau, ni droits d’administration.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
home="${ALGO_AUDIT_HOME:-$HOME/algo-audit}"
python=""
for name in python3 python3.13 python3.12 python3.11 python; do
  if "$name" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
    python="$name"
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11, 3.12 ou 3.13 est nécessaire. / Python 3.11, 3.12 or 3.13 is needed." >&2
  exit 1
fi
mkdir -p "$home"
# the key may be slow, read-only or without links: the environment lives on the machine
if [ ! -x "$home/env/bin/algo-audit" ]; then
  echo "Installation… / Installing…"
  "$python" -m venv "$home/env"
  "$home/env/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-index --find-links "$here/wheels" algo_audit || {
    echo "La clé n’a pas les bibliothèques de cette machine. /" \
      "The key lacks the libraries of this machine: $(uname -sm)" >&2
    exit 1
  }
fi
cd "$home"
"$home/env/bin/algo-audit" demo "${1:-recruitment}"
page="$home/audit-${1:-recruitment}/audit.fr.html"
for opener in xdg-open open; do
  if command -v "$opener" >/dev/null 2>&1; then
    "$opener" "$page" >/dev/null 2>&1 || true
    break
  fi
done
echo "$page"
echo "Votre fichier / your own file:  \"$home/env/bin/algo-audit\" init export.xlsx"
