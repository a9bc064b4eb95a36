"""Texts that say that something is done: each has its class, and none is said where the turn ends otherwise."""

import re
import tomllib

import pytest

from dialogs.journey import DONE
from dialogs.messages import contact
from tests.architecture.rooms import ROOT
from tests.dialogs.driver import contact_proven
from tests.dialogs.explorer.test_seller import walked

_DONE = (
    r"(?:saved|corrected|noted|added|removed|taken out|withdrawn|cancelled|deleted|set|placed|replaced|stopped|ended|"
    r"closed|logged (?:in|out)|on|off|confirmed|extended|recorded|accepted)\b"
)
_IS = r"(?:is|are|I’ve|we’ve|has been|have been|You’re|now) (?:now |already |been )?"
SAYS_DONE = re.compile(rf"^(?:\W*\{{\w+\}}: )?{_DONE}|^[^.?]*?\b{_IS}{_DONE}(?! (?:your|a|the|its|hold)\b)", re.I)
ASKED = re.compile(r"\.(?:ask|help|hint)$|^(?:option|card|label|consent|mail|sms|note|edit|faq)\.")


def test_each_text_that_says_something_is_done_has_its_class() -> None:
    said_of = tomllib.loads((ROOT / "tests/dialogs/said_of.toml").read_text("utf-8"))
    classed = [*DONE, *(key for keys in said_of.values() for key in keys)]
    texts = [line.split("\t") for line in (ROOT / "tests/golden/texts_en.tsv").read_text("utf-8").splitlines()]
    said = {key for key, _, text in texts if SAYS_DONE.search(text.strip("'")) and not ASKED.search(key)}
    assert len(classed) == len({*classed})
    assert said <= {*classed} <= {key for key, *_ in texts}, "a row of DONE, or else of said_of.toml"


@pytest.mark.parametrize("profile", ["fakturasmart", "konto_insert", "vectra"])
def test_reactions_say_only_of_corrections_what_the_turn_may_leave_undone(profile: str) -> None:
    assert walked(profile).unsaid <= {"kit.corrected"}


def test_a_number_that_gets_no_code_is_not_said_to_be_corrected() -> None:
    customer = contact_proven().given(contact.IssueCode, contact.CodeLimited("country", 600))
    told = customer.correct("phone", "512 000 888").heard
    assert (told, customer.books.phone) == (["contact.limited.country", "contact.number_stays"], "+48512000999")
