"""Ready answers: whose counts, in which language, and what can't be written into one."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.support import canned_replies
from services.support.canned_replies import PLACES, CannedReply, ReplyRefused
from tests.kit.narrow import present
from tests.kit.rows import each_row
from tests.services.domain.people import NOW

FIRST = (
    CannedReply("profile:nip", "", "nip", "Ask for the NIP", {"pl": "Proszę o NIP.", "en": "Your NIP, please."}),
    CannedReply("profile:bye", "", "bye", "Goodbye", {"pl": "Do widzenia."}),
)


def reply(id: str, shortcut: str = "nip", owner: str = "", **changes: Any) -> CannedReply:
    given: dict[str, Any] = {
        "title": "Title",
        "words": {"pl": f"z {id}"},
        "changed_by": "anna",
        "changed_at": NOW,
    } | changes
    return CannedReply(id, owner, shortcut, **given)


def ids(connection: sa.Connection, agent: str) -> list[str]:
    return [one.id for one in canned_replies.available(connection, agent_id=agent, first=FIRST)]


def test_an_agents_own_counts_before_the_shared_before_the_profiles(connection: sa.Connection) -> None:
    assert ids(connection, "anna") == ["profile:bye", "profile:nip"]

    canned_replies.save(connection, reply("shared"))
    canned_replies.save(connection, reply("annas", owner="anna"))

    assert ids(connection, "anna") == ["profile:bye", "annas"]
    assert ids(connection, "marek") == ["profile:bye", "shared"]
    assert canned_replies.remove(connection, "annas")
    assert not canned_replies.remove(connection, "annas")
    assert ids(connection, "anna") == ["profile:bye", "shared"]


def test_a_changed_one_stays_its_owners(connection: sa.Connection) -> None:
    canned_replies.save(connection, reply("annas", owner="anna"))
    canned_replies.save(connection, reply("annas", owner="marek", shortcut="vat", title=" VAT "))

    found = present(canned_replies.get(connection, "annas"))
    assert (found.owner, found.shortcut, found.title) == ("anna", "vat", "VAT")


def test_a_shortcut_is_taken_among_the_same_agents_only(connection: sa.Connection) -> None:
    canned_replies.save(connection, reply("a", owner="anna"))
    canned_replies.save(connection, reply("b", owner="marek"))
    with pytest.raises(ReplyRefused, match="shortcut_taken"):
        canned_replies.save(connection, reply("c", owner="anna"))


@each_row
def test_what_cant_be_kept(connection: sa.Connection, changes: dict[str, Any], reason: str, detail: str) -> None:
    with pytest.raises(ReplyRefused) as refused:
        canned_replies.save(connection, reply("a", **changes))

    assert (refused.value.reason, refused.value.detail) == (reason, detail)
    assert canned_replies.get(connection, "a") is None


def test_the_profiles_are_changed_in_the_profile(connection: sa.Connection) -> None:
    with pytest.raises(ValueError, match="in the profile"):
        canned_replies.save(connection, FIRST[0])


def test_the_customers_language_counts_then_those_of_the_seller() -> None:
    nip = FIRST[0]

    said = [canned_replies.filled(nip, locale=tongue, fallback=("pl",), values={}).text for tongue in ("en", "de")]

    assert said == ["Your NIP, please.", "Proszę o NIP."]
    assert canned_replies.filled(FIRST[1], locale="it", fallback=("en",), values={}).text == "Do widzenia."


def test_only_what_is_on_the_list_is_put_in() -> None:
    one = CannedReply("x", "", "x", "X", {"pl": "{customer}, {order}, {secret}"})

    filled = canned_replies.filled(one, locale="pl", fallback=(), values={"customer": "{order}", "secret": "hunter2"})

    assert filled.text == "{order}, {order}, {secret}"
    assert filled.missing == ("order", "secret")
    assert "secret" not in PLACES
