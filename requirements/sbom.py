"""Prints the bill of materials of the desk as CycloneDX 1.6: what is pinned, with hashes, and what is vendored.

    python3 requirements/sbom.py > okienko.cdx.json        (or: make sbom)

Needs no network and nothing installed. Scanners read it: docs/decisions/dependencies.md.
"""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill() -> dict[str, object]:
    """Return the document."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    purl = f"pkg:generic/{project['name']}@{project['version']}"
    own = {
        "type": "application",
        "bom-ref": purl,
        "supplier": {"name": "Okienko"},
        "name": project["name"],
        "version": project["version"],
        "licenses": _licenses(project["license"]),
        "purl": purl,
    }
    parts = [*_vendored(), *_pinned()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": parts,
        "dependencies": [{"ref": purl, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def pinned(requirements: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name (as the index spells it), version and hashes (SHA-256) of each pinned distribution."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", requirements):
        if pin := _PIN.match(block):
            yield re.sub(r"[-_.]+", "-", pin[1]).lower(), pin[2], _HASH.findall(block)


def _pinned() -> Iterator[dict[str, object]]:
    licenses = tomllib.loads((HERE / "licenses.toml").read_text("utf-8"))
    for name, version, hashes in pinned((HERE / "base.txt").read_text("utf-8")):
        purl = f"pkg:pypi/{name}@{version}"
        # One for each file of the release: which of them was installed depends on the machine.
        files = [
            {"type": "distribution", "url": f"{purl}#{digest[:12]}", "hashes": [_sha256(digest)]} for digest in hashes
        ]
        yield _library(name, version, purl, licenses[name]) | {"externalReferences": files}


def _vendored() -> Iterator[dict[str, object]]:
    for one in tomllib.loads((HERE / "vendored.toml").read_text("utf-8"))["component"]:
        digest = hashlib.sha256((ROOT / one["file"]).read_bytes()).hexdigest()
        yield _library(one["name"], one["version"], one["purl"], one["license"]) | {"hashes": [_sha256(digest)]}


def _library(name: str, version: str, purl: str, spdx: str) -> dict[str, object]:
    of: dict[str, object] = {"type": "library", "bom-ref": purl, "name": name, "version": version}
    return of | {"licenses": _licenses(spdx), "purl": purl}


def _licenses(spdx: str) -> list[dict[str, object]]:
    single = " " not in spdx and not spdx.startswith("LicenseRef-")
    return [{"license": {"id": spdx}}] if single else [{"expression": spdx}]


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=2)
    sys.stdout.write("\n")
