"""A seller of the tests who sells to companies in other countries and has discount codes of every kind."""

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


def profile_abroad(folder: Path) -> Path:
    """A shipped seller of services, in `folder`, with what is different for buyers from abroad."""
    shutil.copytree(ROOT / "profiles/fakturasmart", folder)
    file = folder / "profile.toml"
    told = file.read_text("utf-8")
    assert "[company]" not in told
    file.write_text(f"{told}\n[company]\nvatin = true\n{RULES}", "utf-8")
    return folder
