"""Contacts inside what was said are hidden; numbers and addresses that are nobody's contact stay."""

import time

from bot.usecases.agents.masking import guest, hidden, said
from tests.table import table
from values import masked

KNOWN = ("jan@example.com", "+48512000999")


@table(
    ("text", "theirs", "seen"),
    [
        ("Piszę z jan@example.com.", False, "Piszę z j•••@example.com."),
        ("Pomoc: pomoc@seller.example", False, "Pomoc: pomoc@seller.example"),
        ("inny@example.org", True, "i•••@example.org"),
        ("tel. 512 000 999", True, "tel. ••• ••• 999"),
        ("NIP 123-456-32-18", True, "NIP 123-456-32-18"),
        ("nr FS/2026/000001", True, "nr FS/2026/000001"),
    ],
)
def test_contacts_are_hidden(text: str, theirs: bool, seen: str) -> None:
    assert hidden(text, KNOWN, theirs=theirs) == seen


def test_a_number_given_where_one_is_asked_for_is_a_contact_whoever_knows_it() -> None:
    refused = "moje dwa: 512 000 111 albo +48 600-700-800, po 16"
    assert said(refused, (), "contact.phone") == "moje dwa: ••• ••• 111 albo +48 ••• ••• 800, po 16"
    assert said(refused, (), "company.tax_number") == "moje dwa: ••• ••• 111 albo +48 ••• ••• 800, po 16"
    assert said(refused, ("+48512000111",), None).startswith("moje dwa: ••• ••• 111")
    assert "jan" not in said("jan@example.com", (), "contact.phone")


@table(
    ("text", "seen"),
    [
        ("telefono 345 678 9012", "telefono ••• ••• 012"),
        ("NIP 123-456-32-18 i DE123456789", "NIP 123-456-32-18 i DE123456789"),
        ("P.IVA 12345670017, zamówienie FS/2026/000012", "P.IVA 12345670017, zamówienie FS/2026/000012"),
        ("28.11.2026 o 16:30, 1 234 567,89 zł", "28.11.2026 o 16:30, 1 234 567,89 zł"),
    ],
)
def test_a_phone_number_is_masked_wherever_a_customer_writes_one(text: str, seen: str) -> None:
    assert said(text, (), None) == seen


def test_a_mistyped_tax_number_stays_where_one_is_asked_for() -> None:
    assert said("123-456-32-19", (), "company.tax_number") == "123-456-32-19"


@table("piece", ["@", "a@", "a@a.", "a", ".", "1 ", "(", "a@."])
def test_time_is_linear(piece: str) -> None:
    def cost(size: int) -> float:
        text = (piece * size)[:size]
        began = time.process_time()
        said(text, KNOWN, "contact.phone")
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
    assert guest(name) == digits
