"""Sellers of the tests: a shipped one with rules of its own, such as sales abroad and discount codes of every kind."""

import shutil
from pathlib import Path

from tests.architecture.rooms import ROOT

RULES = """
[vat]
number = "PL5260250274"
reverse_charge = true

[[discount]]
code = "MINUS50"
amount = "50.00"

[[discount]]
code = "OSTATNI"
percent = 10
uses = 1
"""


def profile_with(folder: Path, rules: str, of: str = "fakturasmart") -> Path:
    """A shipped seller, in `folder`, with more tables in its profile."""
    shutil.copytree(ROOT / "profiles" / of, folder)
    file = folder / "profile.toml"
    file.write_text(f"{file.read_text('utf-8')}\n{rules}", "utf-8")
    return folder


def profile_abroad(folder: Path) -> Path:
    """A seller with what is different for buyers from abroad."""
    return profile_with(folder, f"[company]\nvatin = true\n{RULES}")
