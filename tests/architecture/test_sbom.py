"""The bill of materials names what is pinned, every distribution once, each of its files by its hash."""

import json
import re
import subprocess
import sys

from tests.architecture.rooms import ROOT


def test_it_lists_every_pin_with_all_hashes() -> None:
    told = subprocess.run([sys.executable, "requirements/sbom.py"], cwd=ROOT, capture_output=True, check=True)
    bill = json.loads(told.stdout)
    pinned = (ROOT / "requirements" / "base.txt").read_text("utf-8")
    pins = set(re.findall(r"^([\w.-]+)==([^\s;\\]+)", pinned, re.MULTILINE))
    assert len(pins) > 50
    parts = bill["components"]
    assert {(part["name"], part["version"]) for part in parts} == {
        (re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in pins
    }
    assert len({part["bom-ref"] for part in parts}) == len(parts)
    hashes = [digest["content"] for part in parts for file in part["externalReferences"] for digest in file["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:(\w+)", pinned))
    assert bill["metadata"]["component"]["name"] == "okienko"
