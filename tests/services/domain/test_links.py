"""One-time links: looked at as often as one likes, used once."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.accounts import one_time_links
from services.accounts.one_time_links import LIFETIMES, OneTimeLink, Purpose
from services.store.tables.accounts import one_time_link
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW, at_once, later, sign_up


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
    assert one_time_links.find(connection, token=token, now=NOW) == OneTimeLink(
        "l1", "set_password", "c1", None, {"step": "secure_page"}, "open", later(minutes=30)
    )
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
    **dict.fromkeys(("confirm_email", "register"), 72 * 60),
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
