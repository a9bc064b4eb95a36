"""Ready answers: whose counts, in which language, and what can't be written into one."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.store.tables.core import conversation as conversations
from services.support import canned_replies, faq_drafts, notes
from services.support.canned_replies import PLACES, CannedReply, ReplyRefused
from services.support.faq_drafts import DraftRefused, DraftWords, FaqDraft
from services.support.notes import Note, NoteRefused
from tests.kit.narrow import present
from tests.kit.rows import all_rows, each_row
from tests.services.domain.people import NOW, conversation, later

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

    said = [canned_replies.fill_reply(nip, locale=tongue, fallback=("pl",), values={}).text for tongue in ("en", "de")]

    assert said == ["Your NIP, please.", "Proszę o NIP."]
    assert canned_replies.fill_reply(FIRST[1], locale="it", fallback=("en",), values={}).text == "Do widzenia."


def test_only_what_is_on_the_list_is_put_in() -> None:
    one = CannedReply("x", "", "x", "X", {"pl": "{customer}, {order}, {secret}"})

    filled = canned_replies.fill_reply(
        one, locale="pl", fallback=(), values={"customer": "{order}", "secret": "hunter2"}
    )

    assert (filled.text, filled.missing) == ("{order}, {order}, {secret}", ("order", "secret"))
    assert "secret" not in PLACES


# --- entries that agents write for the seller's FAQ: their ids, and what is none ---


def draft(title: str = "Płatność w euro", answer: str = "Tak.") -> FaqDraft:
    return FaqDraft("euro", {"pl": DraftWords(title, answer)}, "agent-1", NOW)


@all_rows
def test_an_id_is_what_a_profile_takes_for_one_and_nobody_has_it(title: str, id: str) -> None:
    assert faq_drafts.new_id(title, {"pomoc"}) == id


def test_an_entry_is_kept_once_and_as_it_was_written(connection: sa.Connection) -> None:
    faq_drafts.keep(connection, draft())
    faq_drafts.keep(connection, draft(answer="Nie."))
    assert faq_drafts.list_drafts(connection) == (draft(),)


@pytest.mark.parametrize(
    ("wrong", "reason"), [(draft(""), "title"), (draft("T" * 41), "title"), (draft(answer=""), "answer")]
)
def test_words_that_make_no_entry(connection: sa.Connection, wrong: FaqDraft, reason: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        faq_drafts.keep(connection, wrong)
    assert (refused.value.reason, refused.value.locale) == (reason, "pl")
    assert faq_drafts.list_drafts(connection) == ()


# --- notes of agents: in order, only their own to delete, gone with the conversation ---


def note(id: str, words: str = "calls back at five", agent: str = "anna", minutes: int = 0) -> Note:
    return Note(id, "c1", agent, words, later(minutes=minutes))


def test_the_oldest_comes_first(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    conversation(connection, "c2")
    for one in (note("n2", "later", minutes=1), note("n1", "  first\n"), Note("n3", "c2", "anna", "elsewhere", NOW)):
        notes.add(connection, one)

    assert [found.words for found in notes.of_conversation(connection, "c1")] == ["first", "later"]


def test_sent_twice_it_stands_once_and_as_first_written(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    assert notes.add(connection, note("n1", "one"))
    assert not notes.add(connection, note("n1", "two"))

    assert [found.words for found in notes.of_conversation(connection, "c1")] == ["one"]


@pytest.mark.parametrize(("words", "why"), [(" \n", "empty"), ("x" * 4001, "too_long")])
def test_what_is_no_note_is_refused(connection: sa.Connection, words: str, why: str) -> None:
    conversation(connection, "c1")
    with pytest.raises(NoteRefused, match=why):
        notes.add(connection, note("n1", words))

    assert notes.of_conversation(connection, "c1") == []


def test_four_thousand_signs_of_any_kind_are_kept_as_they_are(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    words = "<script>alert(1)</script> ' ; DROP \u202e🐦 %_{}" + "ż" * 3950
    notes.add(connection, note("n1", words))

    assert notes.of_conversation(connection, "c1")[0].words == words


def test_a_note_goes_with_its_conversation(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    notes.add(connection, note("n1"))
    connection.execute(sa.delete(conversations).where(conversations.c.id == "c1"))

    assert notes.of_conversation(connection, "c1") == []


def test_what_it_says_is_in_no_log() -> None:
    assert "five" not in repr(note("n1"))
