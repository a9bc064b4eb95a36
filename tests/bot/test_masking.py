"""Contacts inside what was said are hidden; numbers and addresses that are nobody's contact stay."""

import pytest

from bot.agents.masking import hidden

KNOWN = ("jan@example.com", "+48512000999")


@pytest.mark.parametrize(
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
