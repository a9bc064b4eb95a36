#!/bin/sh
# Pins what pyproject.toml asks for, with hashes, for every platform from Python 3.11 on.
#   base.txt     the desk with its extras but `hearing` (what `make install` and `make run` take)
#   dev.txt      that and the tools of tests and checks (what `make test` and `make check` add)
#   hearing.txt  the extra `hearing` (what `make hearing` adds)
#   install.txt  the installer and the builder
# Public package index only and no local configuration, so that no machine's mirrors get into the files.
set -eu
cd "$(dirname "$0")/.."
compile() {
    target=$1
    shift
    .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-annotate --upgrade --custom-compile-command "make lock" --output-file "requirements/$target" "$@"
}
compile dev.txt pyproject.toml --extra rasa --extra postgres --extra training --extra dev
compile base.txt pyproject.toml --extra rasa --extra postgres --extra training --constraints requirements/dev.txt
.venv/bin/python -c 'import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["hearing"], sep="\n")' |
    compile hearing.txt - --constraints requirements/dev.txt
compile install.txt requirements/install.in --constraints requirements/dev.txt
.venv/bin/python requirements/licenses.py > requirements/licenses.toml
