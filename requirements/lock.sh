#!/bin/sh
# Pins what pyproject.toml asks for, with hashes, for every platform from Python 3.11 on.
#   dev.txt   everything: the desk, its extras, the tools (what `make install` takes)
#   base.txt  the desk alone on SQLite, in the same versions
#   uv.txt    the installer
# Public package index only and no local configuration, so that no machine's mirrors get into the files.
set -eu
cd "$(dirname "$0")/.."
compile() {
    target=$1
    shift
    .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-annotate --upgrade --custom-compile-command "make lock" --output-file "requirements/$target" "$@"
}
compile dev.txt pyproject.toml --all-extras
compile base.txt pyproject.toml --constraints requirements/dev.txt
compile uv.txt requirements/uv.in --constraints requirements/dev.txt
