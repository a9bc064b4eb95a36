"""Links by which a conversation goes on in another one: who may open them, used up together, ended with it."""

import sqlalchemy as sa

from services.accounts import start_links
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW, conversation, customer, later
from values.rules import GO_ON


def link(connection: sa.Connection, id: str, of: str, *, entry: str | None = GO_ON) -> str:
    """The token of a link with which the first account goes on elsewhere."""
    token = start_links.token_of(KEY, id)
    assert start_links.create(
        connection,
        token=token,
        account_id="a1",
        entry=entry,
        from_conversation=of,
        expires_at=later(days=1),
        now=NOW,
    )
    return token


def opened(connection: sa.Connection, token: str, by: str, **after: float) -> bool:
    return start_links.take(connection, token=token, conversation_id=by, now=later(**after)) is not None


def people(connection: sa.Connection) -> None:
    customer(connection)
    for id in ("here", "there", "third"):
        conversation(connection, id)


def test_one_that_logs_in_is_opened_once(connection: sa.Connection) -> None:
    people(connection)
    token = link(connection, "l1", "here", entry=None)
    assert [opened(connection, token, by) for by in ("there", "there", "third")] == [True, False, False]
    assert start_links.opened_from(connection, conversation_id="here") == ("there",)
    assert start_links.opened_from(connection, conversation_id="there") == ()


def test_one_of_a_letter_opens_again_for_its_first_reader_may_be_a_scanner(connection: sa.Connection) -> None:
    people(connection)
    token = link(connection, "l1", "here")
    assert [opened(connection, token, by) for by in ("there", "there", "third")] == [True, True, True]
    assert start_links.opened_from(connection, conversation_id="here") == ("third",)


def test_the_one_opened_last_is_gone_on_with(connection: sa.Connection) -> None:
    people(connection)
    for minute, of in enumerate(("here", "third")):
        assert opened(connection, link(connection, f"l{minute}", of), "there", minutes=minute)

    def goes_on(account_id: str = "a1", by: str = "there", **after: float) -> str | None:
        found = start_links.to_go_on(connection, account_id=account_id, conversation_id=by, now=later(**after))
        return None if found is None else found.from_conversation

    assert goes_on(minutes=2) == "third"
    assert [goes_on("another"), goes_on(by="here"), goes_on(days=1)] == [None, None, None]


def test_going_on_uses_up_all_links_to_the_same_conversation_and_no_other(connection: sa.Connection) -> None:
    people(connection)
    first, again, another = (link(connection, *of) for of in (("l1", "here"), ("l2", "here"), ("l3", "third")))
    taken = present(start_links.get(connection, token=first))
    start_links.use_up(connection, taken, now=NOW)
    assert [opened(connection, token, "there", seconds=1) for token in (first, again, another)] == [False, False, True]


def test_links_of_a_conversation_end_with_it(connection: sa.Connection) -> None:
    people(connection)
    unopened, other, used = (link(connection, *of) for of in (("l1", "here"), ("l2", "third"), ("l3", "here")))
    assert opened(connection, used, "there")
    start_links.drop_unopened(connection, conversation_id="here")
    left = [start_links.get(connection, token=token) is not None for token in (unopened, other, used)]
    assert left == [False, True, True]
    start_links.drop_from(connection, conversation_id="here")
    assert start_links.get(connection, token=used) is None
    assert start_links.get(connection, token=other) is not None
