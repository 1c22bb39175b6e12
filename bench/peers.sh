#!/usr/bin/env bash
# Installs the products that bench.peers compares with, each into an environment of its own, far
# from the product's. Safe to repeat: what is installed in the pinned version is left alone.
set -euo pipefail

home="${WAKELINE_BENCH_HOME:-$HOME/.cache/wakeline-bench}"
python="${PYTHON:-$(dirname "$0")/../.venv/bin/python}"

install() { # name, version
  local environment="$home/$1"
  if [ "$(cat "$environment/installed" 2>/dev/null)" = "$2" ]; then
    echo "$1 $2 is installed in $environment"
    return
  fi
  echo "installing $1 $2 into $environment (some hundred MB)"
  rm -rf "$environment"
  "$python" -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$1==$2"
  echo "$2" >"$environment/installed"
}

mkdir -p "$home"
install arize-phoenix 20.26.1
install mlflow 3.17.2
