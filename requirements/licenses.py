"""Prints the licence of every pinned distribution as SPDX, from the metadata of those that are installed.

    .venv/bin/python requirements/licenses.py > requirements/licenses.toml        (part of: make lock)

Kept in a file, so that `make sbom` needs nothing installed. A licence in words that `_WORDED` doesn't know stops it:
look the licence up and add the words, or the distribution.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from sbom import pinned

# What distributions write that isn't SPDX; each looked up in the distribution's own licence file.
_WORDED = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "LicenseRef-Public-Domain",
}
# Whose metadata is silent or vague, or which are installed on other systems only; from their licence files.
_LOOKED_UP = {
    "colorama": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "pyreadline3": "BSD-3-Clause",
    "python-stdnum": "LGPL-2.1-or-later",
    "scipy": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "uvloop": "MIT OR Apache-2.0",
}
_SPDX = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+|\))*")


def license_of(name: str) -> str:
    """Return the SPDX expression of a distribution. Raises LookupError where nothing says it."""
    if name in _LOOKED_UP:
        return _LOOKED_UP[name]
    try:
        told = metadata(name)
    except PackageNotFoundError:
        raise LookupError(f"{name} isn't installed here: look its licence up and add it to _LOOKED_UP") from None
    classified = [one.rsplit(" :: ", 1)[-1] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    for said in (told["License-Expression"], told["License"], *classified):
        if said and (said in _WORDED or _SPDX.fullmatch(said)):
            return _WORDED.get(said, said)
    raise LookupError(f"{name} says {told['License']!r}, {classified}: add it to _WORDED or _LOOKED_UP")


def main() -> None:
    """Print the table."""
    base = (Path(__file__).parent / "base.txt").read_text("utf-8")
    names = sorted({name for name, _version, _hashes in pinned(base)})
    print("# Written by requirements/licenses.py: the licence of each pinned distribution, as SPDX.")
    for name in names:
        print(f'{name} = "{license_of(name)}"')


if __name__ == "__main__":
    sys.exit(main())
