"""Contacts inside what was said are hidden, whoever knows them; numbers that reach nobody stay."""

import re
import time
from collections.abc import Iterator

import pytest

from bot.usecases.agents import masking
from tests.kit.rows import all_rows
from tests.masks import MASKED, masks_of_contacts, own_question
from tests.table import table
from values import masked
from values.country import RULES
from values.expected import Expected
from values.kinds import MASKS, kind_of
from values.kinds.kind import Mask
from values.meaning import Expects
from values.parsing import Ok, only_digits

KNOWN = ("jan@example.com", "+48512000999")
UNKNOWN = masks_of_contacts()
SHORTEST_ATTEMPT = 6


def typed(expects: Expects, ways: str) -> Iterator[tuple[str, str, str]]:
    """Samples of a kind, in each country's form: the country, the text as it is typed, the step."""
    own = next(one for one in map(own_question, MASKED) if one.expects is expects)
    for country in RULES:
        for text in getattr(kind_of(expects).samples(country), ways):
            yield country, text, f"own.{own.id}"


def said_back(expects: Expects) -> Iterator[str]:
    """Answers of a kind as the bot says and stores them."""
    kind = kind_of(expects)
    for country, text, _ in typed(expects, "valid"):
        read = kind.read(text, Expected(expects, "own", country=country), "pl") if kind.read is not None else None
        if isinstance(read, Ok):
            yield from (str(kind.display(str(read.value))), str(read.value))


def tells(shown: str, value: str) -> bool:
    """Return whether the value can be read in the text shown, however it is spaced."""
    return value.strip() in shown or (len(only_digits(value)) > 5 and only_digits(value)[-6:] in only_digits(shown))


@table("expects", [*MASKS])
def test_an_answer_of_a_masked_kind_is_hidden_wherever_it_stands(expects: Expects) -> None:
    values = [*said_back(expects)]
    assert len(values) > 2
    for value in values:
        for told in ("Zapisane: {}", "Poprawione. Telefon: {}.", "Jak w koncie: {}", "{} → {}", "x:{}", "({})", "„{}”"):
            line = told.format(value, value)
            assert not tells(UNKNOWN.mask_text(line), value), line
            assert not tells(UNKNOWN.mask_said(line), value), line
        assert not tells(UNKNOWN.mask_answer(expects, value), value)
        assert not tells(UNKNOWN.mask_answer(Expects.free_text, f"lepiej {value}"), value)


@table(("expects", "ways"), [(expects, ways) for expects in MASKS for ways in ("valid", "invalid")])
def test_what_was_typed_at_the_question_of_a_masked_kind_is_hidden_though_refused(expects: Expects, ways: str) -> None:
    for _, text, step in typed(expects, ways):
        if len(text.strip()) >= SHORTEST_ATTEMPT:
            assert text.strip() not in UNKNOWN.mask_said(text, step), text
            assert text.strip() not in UNKNOWN.mask_said(f"to będzie {text}, dobrze", step), text


def test_a_new_kind_is_hidden_by_what_it_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    form = re.compile(r"[A-Z]{2}\d{2}(?: ?\d{4}){4,6}(?: ?\d{1,3})?")
    account = Mask(lambda value: f"{value[:2]}•••", form, form)
    monkeypatch.setattr(masking, "MASKS", {**MASKS, Expects.street: account})
    iban = "DE89 3704 0044 0532 0130 00"
    assert UNKNOWN.mask_text(f"Poprawione. Konto: {iban}.") == "Poprawione. Konto: DE•••."
    assert UNKNOWN.mask_said(f"{iban}, tel. 600 700 800") == "DE•••, tel. ••• ••• 800"
    assert UNKNOWN.mask_answer(Expects.street, iban) == "DE•••"


@table(
    "text",
    [
        *("ewa małpa gmail kropka com", "ewa (at) gmail.com", "ewa@gmail", "sześćset siedemset osiemset"),
        *("6OO 7OO 8OO", "600/700/800", "６００７００８００"),
    ],
)
def test_a_value_is_hidden_as_it_is_spoken_or_spelled(text: str) -> None:
    said = UNKNOWN.mask_said(f"mój telefon to {text}" if only_digits(text) else text)
    assert masked.HIDDEN in said
    assert text not in said


@all_rows
def test_contacts_are_hidden(text: str, theirs: bool, seen: str) -> None:
    masks = masks_of_contacts(*KNOWN, own=("pomoc@seller.example",))
    assert (masks.mask_said if theirs else masks.mask_text)(text) == seen


def test_a_known_number_is_hidden_whatever_else_it_may_be() -> None:
    assert UNKNOWN.mask_text("1234563218") == "1234563218", "a tax number"
    assert masks_of_contacts("+391234563218").mask_text("1234563218") == "••• ••• 218"


def test_a_number_given_where_one_is_asked_for_is_a_contact_whoever_knows_it() -> None:
    refused = "moje dwa: 512 000 111 albo +48 600-700-800, po 16"
    assert UNKNOWN.mask_said(refused, "contact.phone") == "moje dwa: ••• ••• 111 albo +48 ••• ••• 800, po 16"
    assert UNKNOWN.mask_said(refused, "company.tax_number") == "moje dwa: ••• ••• 111 albo +48 ••• ••• 800, po 16"
    assert masks_of_contacts("+48512000111").mask_said(refused).startswith("moje dwa: ••• ••• 111")
    assert "jan" not in UNKNOWN.mask_said("jan@example.com", "contact.phone")


@all_rows
def test_a_phone_number_is_masked_wherever_a_customer_writes_one(text: str, seen: str) -> None:
    assert UNKNOWN.mask_said(text) == seen
    assert UNKNOWN.mask_text(text) == seen


@all_rows
def test_an_answer_of_another_kind_stays(expects: Expects, value: str) -> None:
    assert UNKNOWN.mask_answer(expects, value) == value


def test_a_mistyped_tax_number_stays_where_one_is_asked_for() -> None:
    assert UNKNOWN.mask_said("123-456-32-19", "company.tax_number") == "123-456-32-19"


@table(
    ("piece", "step"),
    [
        (piece, f"contact.{at}")
        for at in ("phone", "email")
        for piece in ("@", "a@", "a@a.", "a", ".", "1 ", "(", "a@.", "1,")
    ],
)
def test_time_is_linear(piece: str, step: str) -> None:
    masks = masks_of_contacts(*KNOWN)

    def cost(size: int) -> float:
        text, began = (piece * size)[:size], time.process_time()
        masks.mask_said(text, step)
        return time.process_time() - began

    assert min(cost(4_000) for _ in range(2)) <= 16 * max(cost(500) for _ in range(2)) + 0.1


@table(
    ("name", "digits"),
    [
        (masked.phone("512000200"), "200"),
        (masked.phone("+48 512 000 200"), "200"),
        (masked.email("anna@example.com"), None),
        ("Anna Nowak 200", None),
    ],
)
def test_whoever_is_known_by_a_masked_number_alone_is_a_guest(name: str, digits: str | None) -> None:
    assert masking.find_guest_digits(name) == digits
