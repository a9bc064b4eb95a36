"""The desk's key is replaced: what the former one made is read while both are there, and it is said what needs it.

Derived values are told apart by purpose and parts, and never made from a weak key.
"""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pyotp.totp import TOTP

from services import key_change, limits
from services.accounts import one_time_links
from services.agents import log_in, second_factor
from services.contacts import codes
from services.keyed_hash import ServerKey, derived_id, hash_with_key, mark_id, token
from services.payments import book
from services.store.tables.agents import agent as agents
from services.store.tables.orders import trial_claim
from tests.kit.narrow import present
from tests.services.agents.conftest import put
from tests.services.domain.people import KEY, NOW, buyer, conversation, later, placed, to_pay

NEW = b"the key that takes its place, 32"
BOTH, ALONE = ServerKey(NEW, KEY), ServerKey(NEW)
RULE = limits.Rule("tries", 3, timedelta(hours=1))
PHONE = "+48600100200"


def an_id(key: bytes, digit: str) -> str:
    return mark_id(key, digit * 32)


def link(connection: sa.Connection, key: bytes, digit: str = "a") -> str:
    one_time_links.issue(
        connection,
        link_id=an_id(key, digit),
        purpose="set_password",
        conversation_id=conversation(connection, f"of {digit}"),
        account_id=None,
        data={},
        server_key=key,
        now=NOW,
    )
    return an_id(key, digit)


def code(connection: sa.Connection, key: bytes, digit: str) -> "codes.IssuedCode | codes.Limited":
    return codes.issue(
        connection,
        challenge_id=an_id(key, digit),
        purpose="contact",
        target=PHONE,
        conversation_id=conversation(connection, f"of {digit}"),
        server_key=key,
        now=NOW,
    )


def test_a_link_is_shown_as_it_was_sent_whichever_of_the_two_keys_made_it(connection: sa.Connection) -> None:
    before = link(connection, ServerKey(KEY))
    sent = one_time_links.token_of(KEY, before)
    assert one_time_links.token_of(BOTH, before) == sent
    after = link(connection, BOTH, "b")
    token = one_time_links.token_of(BOTH, after)
    assert token == one_time_links.token_of(ALONE, after), "made with the new one"
    for shown, wanted in ((sent, before), (token, after)):
        assert present(one_time_links.find(connection, token=shown, now=NOW)).id == wanted
    assert one_time_links.is_addressee(
        BOTH, one_time_links.make_address_mark(KEY, "anna@example.com"), "anna@example.com"
    )
    assert not one_time_links.is_addressee(
        ALONE, one_time_links.make_address_mark(KEY, "anna@example.com"), "anna@example.com"
    )


@pytest.mark.parametrize("payment_id", ["0" * 32, an_id(KEY, "c")])
def test_a_payment_keeps_its_link_also_one_of_an_earlier_release(connection: sa.Connection, payment_id: str) -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection, payment_id)
    assert present(book.find_by_token(connection, book.public_token(BOTH, payment_id))).id == payment_id


def test_a_code_that_was_sent_is_sent_again_and_taken(connection: sa.Connection) -> None:
    code(connection, KEY, "a")
    challenge = an_id(KEY, "a")
    sent = codes.derive(KEY, challenge)
    assert codes.derive(BOTH, challenge) == sent
    checked = codes.check(connection, challenge_id=challenge, typed=sent, server_key=BOTH, now=NOW, target=PHONE)
    assert checked == codes.RightCode()


def test_what_was_counted_before_counts(connection: sa.Connection) -> None:
    code(connection, KEY, "a")
    assert isinstance(code(connection, BOTH, "b"), codes.Limited), "the number has just had one"
    for _ in range(2):
        limits.hit(connection, RULE, "somebody", server_key=KEY, now=NOW)
    assert limits.allow(connection, RULE, "somebody", server_key=BOTH, now=NOW)
    assert not limits.allow(connection, RULE, "somebody", server_key=BOTH, now=NOW)
    assert limits.free_at(connection, RULE, "somebody", server_key=BOTH, now=NOW) == NOW + RULE.per
    limits.clear(connection, RULE, "somebody", server_key=BOTH)
    assert limits.count(connection, RULE, "somebody", server_key=KEY, now=NOW) == 0


def enrolled(connection: sa.Connection) -> tuple[str, TOTP, tuple[str, ...]]:
    agent_id, offered = put(connection).id, second_factor.offer_secret(KEY, "token of a session")
    app, spare = TOTP(offered.secret), second_factor.new_codes()
    assert second_factor.enrol(
        connection, agent_id=agent_id, enrolment=offered, code=app.at(NOW), server_key=KEY, now=NOW
    )
    second_factor.replace_recovery_codes(connection, agent_id=agent_id, codes=spare, server_key=KEY)
    return agent_id, app, spare


def test_an_agents_second_factor_is_sealed_anew_and_needs_the_former_key_no_more(connection: sa.Connection) -> None:
    agent_id, app, _ = enrolled(connection)
    assert key_change.take_key(connection, ServerKey(KEY), NOW)
    assert key_change.take_key(connection, BOTH, NOW)
    at = later(minutes=5)
    assert second_factor.check(connection, agent_id=agent_id, code=app.at(at), server_key=ALONE, now=at)
    before = connection.execute(sa.select(agents.c.totp_secret)).scalar_one()
    assert key_change.take_key(connection, BOTH, NOW)
    assert connection.execute(sa.select(agents.c.totp_secret)).scalar_one() == before, "sealed anew once"


def test_recovery_codes_are_read_under_both_and_their_holders_named(connection: sa.Connection) -> None:
    agent_id, _, spare = enrolled(connection)
    assert second_factor.use_recovery_code(connection, agent_id=agent_id, code=spare[0], server_key=BOTH)
    assert not second_factor.use_recovery_code(connection, agent_id=agent_id, code=spare[0], server_key=BOTH)
    assert not second_factor.use_recovery_code(connection, agent_id=agent_id, code=spare[1], server_key=ALONE)
    assert key_change.list_former_key_needs(connection, BOTH, NOW).agents == ("ola",)
    second_factor.replace_recovery_codes(connection, agent_id=agent_id, codes=spare, server_key=BOTH)
    assert key_change.list_former_key_needs(connection, BOTH, NOW).agents == ()
    assert second_factor.use_recovery_code(connection, agent_id=agent_id, code=spare[1], server_key=ALONE)


def test_a_browser_stays_known(connection: sa.Connection) -> None:
    ola = put(connection)
    token = log_in.issue_device(KEY, ola, NOW)
    assert log_in.known_device(BOTH, ola, token, NOW) is not None
    assert log_in.known_device(ALONE, ola, token, NOW) is None


def test_the_check_of_the_key_goes_over_to_the_new_one(connection: sa.Connection) -> None:
    assert key_change.take_key(connection, ServerKey(KEY), NOW)
    assert not key_change.take_key(connection, ALONE, NOW), "not without the former one"
    assert key_change.take_key(connection, BOTH, NOW)
    assert key_change.take_key(connection, ALONE, NOW), "nor is it needed any more"
    assert not key_change.take_key(connection, ServerKey(KEY), NOW)
    assert not key_change.take_key(
        connection, ServerKey(b"one that nobody has ever seen ..", b"nor this one, 32 of them"), NOW
    )


def test_a_lost_key_is_forgotten_by_command(connection: sa.Connection) -> None:
    assert key_change.take_key(connection, ServerKey(KEY), NOW)
    assert key_change.forget(connection)
    assert key_change.take_key(connection, ALONE, NOW)


def test_it_is_said_what_needs_the_former_key_and_until_when(connection: sa.Connection) -> None:
    key_change.take_key(connection, ServerKey(KEY), NOW)
    buyer(connection)
    placed(connection)
    to_pay(connection, an_id(KEY, "d"), expires_at=later(days=9))
    link(connection, KEY)
    link(connection, BOTH, "b")
    for subject in ("anna", "firma"):
        connection.execute(sa.insert(trial_claim).values(subject=subject, account_id="a1", order_id="o1", at=NOW))
    assert key_change.take_key(connection, BOTH, later(seconds=1))
    told = "\n".join(key_change.list_former_key_needs(connection, BOTH, NOW).told())
    found = re.findall(r"^(\S+ links): (\d), the last until (\S+)$", told, re.MULTILINE)
    assert found == [("payment links", "1", "2026-11-29"), ("one-time links", "1", "2026-11-20")]
    assert "limits, and messages that are sent again, until 2026-11-27" in told
    had = "trials that were had: 1; a second one would no longer be refused"
    assert [*key_change.list_former_key_needs(connection, BOTH, later(days=10)).told()] == [had]


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_other_parts_make_another_value(left: list[str], right: list[str]) -> None:
    assert (hash_with_key(KEY, "p", *left) == hash_with_key(KEY, "p", *right)) == (left == right)


def test_purposes_and_keys_are_apart() -> None:
    made = {token(key, purpose, "x") for key in (KEY, b"k" * 32) for purpose in ("one", "two")}
    assert len(made) == 4
    assert all(len(text) == 43 and text.isascii() for text in made)
    assert hash_with_key(KEY, "p", "\ud800") != hash_with_key(KEY, "p", "?")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        hash_with_key(b"short", "purpose")


def test_an_id_follows_from_its_parts() -> None:
    assert derived_id("o1", "subscription", "0") == derived_id("o1", "subscription", "0")
    assert len({derived_id("o1", "a"), derived_id("o1", "b"), derived_id("o1a")}) == 3
