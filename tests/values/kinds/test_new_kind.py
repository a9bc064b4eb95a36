"""A kind of answer that nobody knew: what it says of itself is all that the other rooms need."""

import re

import pytest

from bot.simulation.person import answer
from nlu.answers import attempt
from nlu.corrections import sentences
from nlu.languages.shipped import KNOWN, order_langs
from sandbox.testing.customer import Person
from values import kinds
from values.expected import Expected
from values.kinds.kind import AnswerInput, AnswerKind
from values.kinds.samples import fix_samples
from values.meaning import Correction, Expects
from values.parsing import Ok, Parsed, ParseRefused

FORM = re.compile(r"([A-Z]{2}) ?(\d{4,5})", re.I)
LANGS = order_langs(KNOWN, "pl")


def read(text: str, _at: Expected, _locale: str) -> Parsed[str]:
    found = FORM.fullmatch(text.strip())
    return Ok(f"{found[1]}{found[2]}".upper()) if found else ParseRefused("plate.form")


PLATE = AnswerKind(
    Expects.country,  # any name: that of a kind is its only entry elsewhere
    "formed",
    read=read,
    samples=fix_samples(("PO 12345",), ("PO",)),
    display=lambda plate: f"{plate[:2]} {plate[2:]}",
    input=AnswerInput(autocapitalize="characters"),
    by_shape=True,
    one_word=True,
)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", {**kinds.KINDS, Expects.country: PLATE})
    monkeypatch.setattr(sentences, "SHAPED", (*kinds.SHAPED, PLATE))


def test_it_is_found_where_it_is_asked_for() -> None:
    asked = Expected(Expects.country, "plate")
    found, other = (attempt(text, Expects.country, asked, LANGS) for text in ("po 12345", "Polska"))
    assert found is not None
    assert (found.good, other) == (True, None)


def test_it_corrects_by_its_value_alone() -> None:
    elsewhere = Expected(Expects.street, "street", correctable={"country": Expects.country})
    assert sentences.read_correction("nie, PO 54321", elsewhere, LANGS) == Correction("country", "PO 54321")


def test_a_simulated_customer_types_one() -> None:
    assert answer(Person(), "country", "PL") == "PO 12345"
