"""Prints the bill of materials of the desk as CycloneDX 1.5: what `requirements/base.txt` pins, with its hashes.

    python3 requirements/sbom.py > okienko.cdx.json        (or: make sbom)

Needs no network and nothing installed. Scanners read it: docs/decisions/vulnerability-scans.md.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill() -> dict[str, object]:
    """Return the document."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    own = {"type": "application", "bom-ref": "okienko", "name": project["name"], "version": project["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": components((HERE / "base.txt").read_text("utf-8")),
    }


def components(pinned: str) -> list[dict[str, object]]:
    """Return each pinned distribution, by its name and version."""
    found: list[dict[str, object]] = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", pinned):
        if (pin := _PIN.match(block)) is None:
            continue
        name, version = re.sub(r"[-_.]+", "-", pin[1]).lower(), pin[2]
        purl = f"pkg:pypi/{name}@{version}"
        # One for each file of the release: which of them was installed depends on the machine.
        hashes = [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(block)]
        files = [{"type": "distribution", "url": f"{purl}#{one['content'][:12]}", "hashes": [one]} for one in hashes]
        found.append(
            {
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": version,
                "purl": purl,
                "externalReferences": files,
            }
        )
    return found


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=2)
    sys.stdout.write("\n")
