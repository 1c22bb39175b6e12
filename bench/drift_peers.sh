#!/usr/bin/env bash
# Installs Evidently, NannyML and river, each into an environment of its own, far from the product's,
# every package held to the version and hash of its lock in drift_peers/. Safe to repeat.
set -euo pipefail

home="${WAKELINE_BENCH_HOME:-$HOME/.cache/wakeline-bench}"
here="$(cd "$(dirname "$0")" && pwd)"
python="${PYTHON:-$here/../.venv/bin/python}"

mkdir -p "$home"
for name in evidently nannyml river; do
  lock="$here/drift_peers/$name.lock" environment="$home/$name"
  if cmp -s "$lock" "$environment/installed"; then
    echo "$name is installed in $environment"
    continue
  fi
  echo "installing $name into $environment (some hundred MB)"
  rm -rf "$environment"
  "$python" -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --require-hashes -r "$lock"
  cp "$lock" "$environment/installed"
done
