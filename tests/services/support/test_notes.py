"""Notes of agents: in order, only their own to delete, gone with the conversation."""

import pytest
import sqlalchemy as sa

from services.store.tables.core import conversation as conversations
from services.support import notes
from services.support.notes import Note, NoteRefused
from tests.services.domain.people import NOW, conversation, later


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
