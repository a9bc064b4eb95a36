"""Whatever the trail tells has its words in the agents' languages."""

import re
import tomllib

from tests.architecture.rooms import ROOT
from tests.table import table

_TOLD = re.compile(
    r'(?:what="|^(?:SEEN|CONTACTS_OPENED|CONTACTS_READ) = "'
    r'|_note\(connection, "|_reset\(login, [\w.]+, "|\.note\(\s*me,\s*"'
    r'|\.record\(\w+, me, ")'
    r'([a-z_]+)"',
    re.MULTILINE,
)
#: Named by what was done (`bot/usecases/agents/acts.py`).
ACTS = {
    "taken",
    "taken_over",
    "taken_back",
    "said",
    "corrected",
    "proposed",
    "proposal_superseded",
    "language",
    "address_kept",
    "passed_on",
    "given_back",
    "done",
    "put_back",
    "withdrawal_accepted",
    "withdrawal_refused",
    "proof_asked",
}


def told() -> set[str]:
    return ACTS.union(
        *(
            _TOLD.findall(path.read_text("utf-8"))
            for room in ("bot", "services")
            for path in (ROOT / room).rglob("*.py")
        )
    )


@table("locale", ["pl", "it", "en"])
def test_every_line_of_the_trail_has_words(locale: str) -> None:
    texts = tomllib.loads((ROOT / "bot" / "web" / "texts" / f"{locale}.toml").read_text("utf-8"))
    assert told() == set(texts["desk_trail"])
