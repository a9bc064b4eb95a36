"""What must hold after a simulated customer, told from the books and from what reached the outside."""

import pytest

from bot.simulation import run as judge
from bot.simulation.person import Broken, Diary
from bot.simulation.run import PaymentReading

ORDER = "FS/2026/000001"
PAID = PaymentReading("payment-1", ORDER, "paid")
SMS = {"kind": "sms", "to": "+48512000111", "text": "Kod: 123456"}
MAIL = {"kind": "email", "to": "anna@example.com", "text": "Otwórz http://127.0.0.1/m/0123456789abcdefghij"}
ASKED_AGAIN = {"kind": "email", "to": "anna@example.com", "text": "Na ten adres nie ma konta."}


def kept(*payments: str) -> list[dict[str, str]]:
    """What providers hold of these payments."""
    return [{"id": payment, "status": "paid"} for payment in payments]


def found(kinds: object) -> list[str]:
    return [what for what, _how in kinds]  # type: ignore[attr-defined]


def test_what_is_right_is_not_named() -> None:
    transfer = PaymentReading("payment-2", "FS/2026/000002", "paid")
    assert not found(judge.money(kept("payment-1"), [PAID, transfer]))
    assert not found(judge.find_doubled([SMS, MAIL, ASKED_AGAIN, ASKED_AGAIN], letters=True))
    assert not found(judge.find_undone({"calls open": 0, "turns that raised": 0}, faults=False))


def test_an_order_that_is_charged_twice() -> None:
    gone = PaymentReading("payment-2", ORDER, "cancelled")
    assert "charged twice" in found(judge.money(kept("payment-1", "payment-2"), [PAID, gone]))
    assert found(judge.money(kept("payment-1", "payment-1"), [PAID])) == ["charged twice"]
    assert found(judge.money([], [PAID, PaymentReading("payment-2", ORDER, "paid")])) == ["paid twice"]


def test_money_and_books_that_differ() -> None:
    assert found(judge.money([{"id": "payment-1", "status": "failed"}], [PAID])) == ["paid without money"]
    pending = PaymentReading("payment-1", ORDER, "pending")
    assert found(judge.money(kept("payment-1"), [pending])) == ["money not booked"]


def test_messages_that_come_twice() -> None:
    assert found(judge.find_doubled([SMS, SMS], letters=False)) == ["doubled sms"]
    assert found(judge.find_doubled([MAIL, MAIL], letters=True)) == ["doubled email"]
    assert not found(judge.find_doubled([MAIL, MAIL], letters=False)), "its server failed: it may be sent again"


def test_what_is_left_undone() -> None:
    assert found(judge.find_undone({"turns that raised": 1}, faults=True)) == ["exception"]
    assert found(judge.find_undone({"replies unsent": 2}, faults=True)) == ["left undone"]
    assert found(judge.find_undone({"SendSms given up at try 3": 1}, faults=False)) == ["left undone"]
    assert not found(judge.find_undone({"SendSms given up at try 3": 1}, faults=True))


@pytest.mark.parametrize(("text", "titles"), [("Cena: {gross}", ()), ("  ", ()), ("Dobrze.", ("{day}",))])
def test_words_that_are_missing_or_not_filled_in(text: str, titles: tuple[str, ...]) -> None:
    with pytest.raises(Broken, match="words"):
        Diary().read(text, titles)


def test_what_the_customer_typed_may_be_quoted() -> None:
    diary = Diary()
    diary.said("{password}")
    diary.read("Nie znam kodu {password}.", ())
    assert diary.lines == ["> {password}", "< Nie znam kodu {password}."]
