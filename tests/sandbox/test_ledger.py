"""The ledger: on the disk before anybody is answered, there again after a restart."""

import sqlite3
import threading
from pathlib import Path

import pytest

from sandbox.attempts import PaymentBook, ProviderAttempt
from sandbox.clock import MovableClock
from sandbox.database import stamp
from sandbox.faults import Faults
from sandbox.ledger import Ledger, LedgerAnswer
from tests.kit.narrow import present
from tests.sandbox.room import noon


def attempt(reference: str = "abc-1", order_id: str = "3000000001") -> ProviderAttempt:
    return ProviderAttempt("przelewy24", reference, order_id, f"T{order_id}", "blik", 4900, "PLN", stamp(noon()))


def test_everything_is_there_after_reopening_without_a_close(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    first = Ledger(path)
    first.store_message("sms", "+48512000111", "kod 123456", noon(), key="k", links=["https://x"])
    first.remember("paypal", "key", noon(), LedgerAnswer(201, "{}", "hash"))
    first.note_call("mf", "in", "GET /", "served", noon())
    first.open_session("gus", "sid", noon())
    first.schedule(noon(), "przelewy24", "late:1", {"attempt": 1})
    Faults(first).set("mf", "down", 3)
    PaymentBook(first).open(attempt().with_details(urlReturn="https://desk/ż"))
    MovableClock(noon, first).set_to(noon().replace(hour=15))
    number = first.count("orders")

    again = Ledger(path)
    assert [message.text for message in again.messages("+48512000111")] == ["kod 123456"]
    assert again.answered("paypal", "key") == LedgerAnswer(201, "{}", "hash")
    assert [call["what"] for call in again.calls("mf")] == ["GET /"]
    assert again.session_is_open("gus", "sid", noon().replace(hour=11))
    assert again.next_due() == noon()
    assert [(fault.mode, fault.times) for fault in Faults(again).all()] == [("down", 3)]
    assert present(PaymentBook(again).newest_of("abc")).details == {"urlReturn": "https://desk/ż"}
    assert MovableClock(noon, again).now() == noon().replace(hour=15)
    assert again.count("orders") == number + 1


def test_the_disk_is_asked_to_keep_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "sandbox.sqlite3")
    assert ledger.row("PRAGMA synchronous")[0] == 2  # type: ignore[index]
    assert ledger.row("PRAGMA journal_mode")[0] == "wal"  # type: ignore[index]


def test_a_block_that_raises_leaves_nothing_and_nested_blocks_are_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "sandbox.sqlite3")

    def store_and_fail() -> None:
        with ledger.write():
            ledger.store_message("sms", "+48512000111", "x", noon())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store_and_fail()
    assert ledger.messages() == []
    ledger.store_message("sms", "+48512000111", "x", noon())
    assert len(ledger.messages()) == 1


def test_a_key_is_kept_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "sandbox.sqlite3")
    ledger.remember("smsapi", "idx", noon())
    with pytest.raises(sqlite3.IntegrityError):
        ledger.remember("smsapi", "idx", noon())
    ledger.remember("paypal", "idx", noon())


def test_several_threads_may_write(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "sandbox.sqlite3")

    def store() -> None:
        for _ in range(25):
            ledger.store_message("sms", "+48512000111", ledger.fresh_id("x"), noon())

    threads = [threading.Thread(target=store) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.text for message in ledger.messages()}) == 100


def test_ids_repeat_with_the_salt_and_differ_without() -> None:
    assert Ledger(":memory:", salt="s").fresh_id("order") == Ledger(":memory:", salt="s").fresh_id("order")
    assert Ledger(":memory:").fresh_id("order") != Ledger(":memory:").fresh_id("order")


def test_the_payment_is_the_reference_without_its_attempt() -> None:
    assert attempt("abc-12").payment_id == "abc"
    assert attempt("abc").payment_id == "abc"


def test_one_order_id_is_one_order() -> None:
    book = PaymentBook(Ledger(":memory:"))
    book.open(attempt())
    with pytest.raises(sqlite3.IntegrityError):
        book.open(attempt("abc-2"))
