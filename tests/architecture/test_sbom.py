"""The bill of materials names what is pinned and what is vendored, once each, with hashes and licences."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from tests.architecture.rooms import ROOT


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    told = subprocess.run([sys.executable, "requirements/sbom.py"], cwd=ROOT, capture_output=True, check=True)
    return json.loads(told.stdout)


def test_it_lists_every_pin_with_all_hashes(bill: dict[str, Any]) -> None:
    pinned = (ROOT / "requirements" / "base.txt").read_text("utf-8")
    pins = set(re.findall(r"^([\w.-]+)==([^\s;\\]+)", pinned, re.MULTILINE))
    assert len(pins) > 50
    parts = [part for part in bill["components"] if part["purl"].startswith("pkg:pypi/")]
    found = {(part["name"], part["version"]) for part in parts}
    assert found == {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in pins}
    assert len({part["bom-ref"] for part in parts}) == len(parts)
    hashes = [digest["content"] for part in parts for file in part["externalReferences"] for digest in file["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:(\w+)", pinned))
    assert bill["metadata"]["component"]["name"] == "okienko"
    assert bill["metadata"]["component"]["purl"].startswith("pkg:generic/okienko@")


def test_it_lists_what_is_vendored_as_it_lies_here(bill: dict[str, Any]) -> None:
    listed = tomllib.loads((ROOT / "requirements" / "vendored.toml").read_text("utf-8"))["component"]
    folders = {path.parent for path in (ROOT / "bot").glob("**/vendor/*/*") if path.name != "LICENSE"}
    assert {(ROOT / one["file"]).parent for one in listed} == folders
    parts = {part["purl"]: part for part in bill["components"]}
    for one in listed:
        text = (ROOT / one["file"]).read_bytes()
        assert f'version:"{one["version"]}"'.encode() in text
        assert parts[one["purl"]]["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(text).hexdigest()}]


def test_every_part_has_a_licence_and_hangs_on_the_desk(bill: dict[str, Any]) -> None:
    assert all(part["licenses"] for part in [bill["metadata"]["component"], *bill["components"]])
    (desk,) = bill["dependencies"]
    assert sorted(desk["dependsOn"]) == sorted(part["bom-ref"] for part in bill["components"])
