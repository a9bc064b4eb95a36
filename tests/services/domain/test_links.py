"""One-time links: looked at as often as one likes, used once."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.accounts import one_time_links, start_links
from services.accounts.one_time_links import LIFETIMES, OneTimeLink, Purpose
from services.store.tables.accounts import one_time_link
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW, at_once, conversation, customer, later, sign_up
from values.rules import GO_ON


def issue(
    connection: sa.Connection,
    id: str = "l1",
    purpose: Purpose = "set_password",
    conversation: str = "c1",
    account_id: str | None = None,
    now: datetime = NOW,
) -> datetime:
    return one_time_links.issue(
        connection,
        link_id=id,
        purpose=purpose,
        conversation_id=conversation,
        account_id=account_id,
        data={"step": "secure_page"},
        server_key=KEY,
        now=now,
    )


def state(connection: sa.Connection, id: str = "l1", now: datetime = NOW) -> str:
    return present(one_time_links.find(connection, token=one_time_links.token_of(KEY, id), now=now)).state


def test_a_token_leads_to_its_link_and_only_its_hash_is_stored(connection: sa.Connection) -> None:
    issue(connection)
    token = one_time_links.token_of(KEY, "l1")
    assert len(token) == 43
    found = one_time_links.find(connection, token=token, now=NOW)
    assert found == OneTimeLink("l1", "set_password", "c1", None, {"step": "secure_page"}, "open", later(minutes=30))
    assert token not in str(connection.execute(sa.select(one_time_link)).mappings().one())
    for unknown in ("", token[:-1], "x" * 43, "\x00\ud800"):
        assert one_time_links.find(connection, token=unknown, now=NOW) is None


def test_it_is_used_once(connection: sa.Connection) -> None:
    issue(connection)
    assert state(connection) == state(connection) == "open"
    assert one_time_links.use(connection, link_id="l1", now=NOW)
    assert state(connection) == "used"
    assert not one_time_links.use(connection, link_id="l1", now=NOW)


#: Of pages, and of links in letters, in minutes.
TIMES: dict[Purpose, int] = {
    **dict.fromkeys(("set_password", "log_in", "reset_password", "taken_log_in", "export", "erase"), 30),
    **dict.fromkeys(("confirm_email", "register", "end_contract"), 72 * 60),
    **dict.fromkeys(("stop_reminders", "stop_unfinished"), 90 * 1440),
    "log_in_digits": 5,
    "change_email": 60,
    "export_files": 15,
    "not_me": 30 * 1440,
    "prove_withdrawal": 14 * 1440,
}


def test_every_purpose_has_its_time(connection: sa.Connection) -> None:
    assert {purpose: lifetime / timedelta(minutes=1) for purpose, lifetime in LIFETIMES.items()} == TIMES
    for purpose, lifetime in LIFETIMES.items():
        assert issue(connection, purpose, purpose) == NOW + lifetime
        end = NOW + lifetime
        assert state(connection, purpose, later(microseconds=-1) + lifetime) == "open"
        assert state(connection, purpose, end) == "expired"
        assert not one_time_links.use(connection, link_id=purpose, now=end)


def test_the_newest_of_a_conversation_and_purpose_lives(connection: sa.Connection) -> None:
    issue(connection)
    issue(connection, "mail", "confirm_email")
    issue(connection, "elsewhere", conversation="c2")
    issue(connection, "l2")
    assert [state(connection, id) for id in ("l1", "mail", "elsewhere", "l2")] == ["cancelled", "open", "open", "open"]
    assert not one_time_links.use(connection, link_id="l1", now=NOW)


def test_the_same_id_again_keeps_its_time_and_its_use(connection: sa.Connection) -> None:
    issue(connection)
    assert issue(connection, now=later(minutes=5)) == later(minutes=30)
    one_time_links.use(connection, link_id="l1", now=NOW)
    issue(connection)
    assert state(connection) == "used"


def test_links_of_an_account_and_a_conversation_can_be_ended(connection: sa.Connection) -> None:
    sign_up(connection)
    issue(connection, "reset", "reset_password", "c1", "a1")
    issue(connection, "mail", "confirm_email", "c1", "a1")
    one_time_links.cancel_of_account(connection, account_id="a1", purposes=("reset_password",))
    assert (state(connection, "reset"), state(connection, "mail")) == ("cancelled", "open")
    one_time_links.cancel(connection, conversation_id="c1", purpose="confirm_email")
    assert state(connection, "mail") == "cancelled"


def test_sent_off_at_once_one_wins(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        issue(connection)
    assert sum(at_once(racing, 10, lambda connection, _: one_time_links.use(connection, link_id="l1", now=NOW))) == 1


# --- links by which a conversation goes on in another one: who may open them, used up together, ended with it ---


def link(connection: sa.Connection, id: str, of: str, *, entry: str | None = GO_ON) -> str:
    """The token of a link with which the first account goes on elsewhere."""
    token = start_links.token_of(KEY, id)
    assert start_links.create(
        connection, token=token, account_id="a1", entry=entry, from_conversation=of, expires_at=later(days=1), now=NOW
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
        found = start_links.find_link_to_go_on(
            connection, account_id=account_id, conversation_id=by, now=later(**after)
        )
        return None if found is None else found.from_conversation

    assert goes_on(minutes=2) == "third"
    assert [goes_on("another"), goes_on(by="here"), goes_on(days=1)] == [None, None, None]


def test_going_on_uses_up_all_links_to_the_same_conversation_and_no_other(connection: sa.Connection) -> None:
    people(connection)
    first, again, another = (link(connection, *of) for of in (("l1", "here"), ("l2", "here"), ("l3", "third")))
    start_links.use_up(connection, present(start_links.get(connection, token=first)), now=NOW)
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
