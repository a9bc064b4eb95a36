"""A value that was cut off is completed by what follows at once, and what was taken is corrected."""

from datetime import timedelta

from bot.conversation.completing import SOON, complete_value, may_complete, parts_before
from bot.conversation.stored import StoredCause
from dialogs.messages.company import CompanyUnknown, LookUpCompany
from services.store import journal
from services.store.journal import JournalEntry
from tests.dialogs.driver import NOW, Driver, contact_proven, signed_up
from tests.table import table
from values.meaning import Answer, Correction


def coded() -> Driver:
    return signed_up().write("512 000 999")


def unknown() -> Driver:
    return contact_proven().given(LookUpCompany, CompanyUnknown()).write("1234563218").write("Pracownia Bursztyn")


def meant(customer: Driver, rest: str, *parts: str, at: str | None = None) -> Answer | Correction | None:
    ctx = customer.context(customer.case)
    lines = [StoredCause(text=part, step=at or customer.at) for part in parts]
    return complete_value(rest, lines, customer.step, ctx, customer.journey)


@table(
    ("stage", "parts", "rest", "value"),
    [
        (coded, ["123"], "456", "123456"),
        (coded, ["12", "34"], "56", "123456"),
        (coded, ["halo", "123"], "456", "123456"),
        (signed_up, ["512 000"], "321", "512 000321"),
        (contact_proven, ["123-456"], "32-18", "123-45632-18"),
        (lambda: Driver().press("start:buy", "account:new"), ["ala@"], "example.com", "ala@example.com"),
        (lambda: Driver().press("start:buy", "account:new"), ["ala"], "@example.com", "ala@example.com"),
    ],
)
def test_the_rest_of_a_value_that_was_refused(stage: type[Driver], parts: list[str], rest: str, value: str) -> None:
    assert meant(stage(), rest, *parts) == Answer(value)


def test_a_house_number_completes_the_street_that_was_taken() -> None:
    customer = unknown().write("Długa")
    assert customer.at == "company.postal_code"
    assert meant(customer, "12/4", "Długa", at="company.street") == Correction("street", "Długa 12/4")
    for number in ("12 m. 3", "12 m 3", "12 lok. 4", "12, int. 4", "12 scala B int. 3"):
        assert meant(customer, number, "Długa", at="company.street") == Correction("street", f"Długa {number}")
    assert meant(customer, "12/4", "Długa 7", at="company.street") is None
    assert meant(customer, "tak", "Długa", at="company.street") is None


def test_nothing_is_made_of_parts_that_make_no_value_or_of_another_step() -> None:
    assert meant(coded(), "co?", "123") is None
    assert meant(coded(), "456", "123", at="contact.phone") is None


def test_only_a_short_message_that_is_no_answer_itself_and_comes_at_once() -> None:
    customer = coded()
    ctx, step = customer.context(customer.case), customer.step
    assert may_complete("456", step, ctx, NOW, NOW + SOON)
    assert not may_complete("456", step, ctx, NOW, NOW + SOON + timedelta(milliseconds=1))
    assert not may_complete("456", step, ctx, None, NOW)
    assert not may_complete("123456", step, ctx, NOW, NOW)
    assert not may_complete("tak", step, ctx, NOW, NOW)
    choosing = Driver().press("start:buy")
    assert not may_complete("account:new", choosing.step, choosing.context(choosing.case), NOW, NOW)


def test_the_parts_are_each_within_two_seconds_of_the_next() -> None:
    def line(text: str, seconds: int, kind: str = journal.CUSTOMER) -> JournalEntry:
        data = StoredCause(text=text, step="contact.contact_code").to_json()
        return JournalEntry(seconds, "c", 1, kind, None, None, data, NOW + timedelta(seconds=seconds), "none", None)

    lines = [line("12", 0), line("34", 3), line("?", 4, "other"), line("56", 5)]
    assert [part.text for part in parts_before(lines, NOW + timedelta(seconds=6))] == ["34", "56"]
