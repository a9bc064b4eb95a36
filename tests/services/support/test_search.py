"""Transcripts are searched by words and by people, page by page, and what is gone isn't found."""

import pytest
import sqlalchemy as sa

from services.directory import directory
from services.store import journal
from services.store.tables.core import journal as journal_table
from services.support import conversations_of, search
from tests.kit.rows import each_row
from tests.services.domain.people import NOW, buyer, conversation, placed


def say(connection: sa.Connection, talk: str, text: str, *, by: str = "customer", seq: int | None = None) -> None:
    journal.add(connection, [journal.NewJournalEntry(talk, 1, by, {"text": text}, NOW, seq=seq)])


def texts(connection: sa.Connection, looked_for: str) -> list[str]:
    return [hit.snippet.text for hit in search.find(connection, looked_for).hits]


def test_all_who_speak_are_found_and_nothing_else(connection: sa.Connection) -> None:
    conversation(connection, "c1", "telegram")
    say(connection, "c1", "Żyrafa zapłaciła")
    say(connection, "c1", "żyrafa, mówi bot", by="bot", seq=1)
    say(connection, "c1", "zyrafa, mówi konsultant", by="agent", seq=2)
    say(connection, "c1", "żyrafa, której nikt nie powiedział", by="result")
    assert search.find(connection, "zyrafa").hits == (), "not before it is brought up"
    assert search.catch_up(connection) == 3

    hits = search.find(connection, "ŻYRAFA").hits

    wanted = [("agent", "zyrafa, mówi konsultant"), ("bot", "żyrafa, mówi bot"), ("customer", "Żyrafa zapłaciła")]
    assert [(hit.who, hit.snippet.text) for hit in hits] == wanted
    assert {(hit.conversation_id, hit.channel, hit.at) for hit in hits} == {("c1", "telegram", NOW)}
    assert "afa" not in repr(hits)


def test_what_stands_on_a_card_is_found(connection: sa.Connection) -> None:
    """Whoever looks for the company whose name the queue shows."""
    conversation(connection, "c1")
    rows = [{"label": "NIP", "value": "123-456-32-18"}, {"label": "Nazwa", "value": "Pracownia Bursztyn"}]
    line = {"text": "Zgadza się?", "card": {"title": "Dane firmy", "rows": [*rows, {"label": "Kod", "value": ""}]}}
    journal.add(connection, [journal.NewJournalEntry("c1", 1, "bot", line, NOW, seq=1)])
    search.catch_up(connection)

    assert texts(connection, "bursztyn") == ["NIP: 123-456-32-18\nNazwa: Pracownia Bursztyn\nZgadza się?"]
    assert len(texts(connection, "1234563218")) == 1


def test_wildcards_are_words_like_others(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    for text in ("rabat 100% dziś", "rabat 1000 dziś", r"a\b", "a_b", "axb"):
        say(connection, "c1", text)
    search.catch_up(connection)

    assert texts(connection, "100%") == ["rabat 1000 dziś", "rabat 100% dziś"]  # words that begin so
    assert sorted(texts(connection, "a_b")) == [r"a\b", "a_b"]
    assert texts(connection, "%") == []


def test_pages_go_on_where_they_ended_whatever_comes_meanwhile(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    for n in range(5):
        say(connection, "c1", f"żyrafa {n}")
    search.catch_up(connection)
    first = search.find(connection, "żyrafa", most=2)
    say(connection, "c1", "żyrafa 5")
    search.catch_up(connection)
    second = search.find(connection, "żyrafa", most=2, before=first.before)
    third = search.find(connection, "żyrafa", most=2, before=second.before)

    pages = [[hit.snippet.text[-1] for hit in page.hits] for page in (first, second, third)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert third.before is None


def test_a_page_reaches_so_far_back_and_says_so(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    for n in range(7):
        say(connection, "c1", "żyrafa" if n in (0, 6) else "słoń")
    search.catch_up(connection)

    first = search.find(connection, "żyrafa", reach=3)
    assert (len(first.hits), first.since) == (1, NOW)
    second = search.find(connection, "żyrafa", before=first.before, reach=3)
    assert (second.hits, second.since) == ((), NOW)
    third = search.find(connection, "żyrafa", before=second.before, reach=3)
    assert (len(third.hits), third.before, third.since) == (1, None, None)
    assert search.find(connection, "kangur") == search.SearchPage((), None)
    full = search.find(connection, "słoń", most=2, reach=3)
    assert (len(full.hits), full.since) == (2, NOW), "all of them within reach"
    assert search.find(connection, "słoń", most=1, reach=3).since is None, "more stand within reach"


def test_it_is_brought_up_in_batches_and_no_line_is_left_out(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    for n in range(5):
        say(connection, "c1", f"słowo{n}")
    assert [search.catch_up(connection, most=2) for _ in range(4)] == [2, 2, 1, 0]
    # A line with a lower number than the last may be committed later.
    gap = connection.execute(sa.select(sa.func.max(journal_table.c.id))).scalar_one() + 1
    row = {"conversation_id": "c1", "revision": 1, "kind": "customer", "data": {"text": "później"}, "at": NOW}
    for id in (gap + 1, gap):
        connection.execute(sa.insert(journal_table).values(id=id, delivery="none", **row))
        assert search.catch_up(connection) == 1
    assert len(search.find(connection, "pozniej").hits) == 2


def test_what_is_deleted_is_found_no_more(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    say(connection, "c1", "żyrafa")
    search.catch_up(connection)
    journal.forget(connection, "c1")

    assert search.find(connection, "żyrafa").hits == ()


@each_row
def test_people_are_found_by_what_is_known_of_them(connection: sa.Connection, looked_for: str, by: str) -> None:
    buyer(connection)
    order = placed(connection)
    record = directory.DirectoryRecord("ref-1", "10000017", None, "Anna", "anna@example.com", None, "PL")
    directory.tie_account(
        connection, customer_id=directory.import_customer(connection, record, NOW).id, account_id="a1"
    )
    conversation(connection, "other")

    found = conversations_of.find(connection, order.number.lower() if looked_for == "ORDER" else looked_for)

    assert [(one.conversation_id, one.account_id, one.by) for one in found] == [("talk-a1", "a1", by)]


@pytest.mark.parametrize(
    "looked_for", ["", "%", "nobody@example.com", "999999999", "FS/1/%", "żyrafa", "@", "1" * 9999]
)
def test_nobody_is_found_by_what_nobody_is(connection: sa.Connection, looked_for: str) -> None:
    buyer(connection)

    assert conversations_of.find(connection, looked_for) == []


def test_all_conversations_of_a_person_are_found(connection: sa.Connection) -> None:
    buyer(connection)
    table = sa.table("conversation", sa.column("id"), sa.column("account_id"))
    for n in range(3):
        conversation(connection, f"more-{n}")
        connection.execute(sa.update(table).where(table.c.id == f"more-{n}").values(account_id="a1"))

    found = conversations_of.find(connection, "anna@example.com")

    assert {one.conversation_id for one in found} == {"talk-a1", "more-0", "more-1", "more-2"}


def test_what_is_no_text_is_found_by_the_names_of_its_kind(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    journal.add(connection, [journal.NewJournalEntry("c1", 1, "customer", {"text": "", "kind": "voice"}, NOW)])
    search.catch_up(connection, named=lambda kind: {"voice": "głosówka voice message"}[kind])
    for looked_for in ("głosówka", "voice"):
        (hit,) = search.find(connection, looked_for).hits
        assert (hit.words, hit.other) == ("", "voice")
