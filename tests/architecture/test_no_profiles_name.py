"""A profile makes a journey, no code does: no shipped profile is named anywhere in it."""

import re

from tests.architecture.rooms import ROOT
from tests.table import table

ROOMS = ("bot", "dialogs", "nlu", "services", "values", "sandbox")
PROFILES = sorted(folder.name for folder in (ROOT / "profiles").iterdir())
#: The one place: which profile is run when none is named.
DEFAULT = ("bot/app/settings.py", 'default=Path("profiles/fakturasmart")')


@table("room", ROOMS)
def test_no_code_knows_a_profile(room: str) -> None:
    named = re.compile("|".join(PROFILES), re.IGNORECASE)
    for path in sorted((ROOT / room).rglob("*")):
        if path.suffix not in (".py", ".js", ".html", ".css", ".sql"):
            continue
        told = path.read_text("utf-8")
        if str(path.relative_to(ROOT)) == DEFAULT[0]:
            assert DEFAULT[1] in told
            told = told.replace(DEFAULT[1], "")
        found = [line.strip() for line in told.splitlines() if named.search(line)]
        assert not found, f"{path.relative_to(ROOT)}: {found[0]}"
