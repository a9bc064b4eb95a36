"""Proofs of an address by a letter's link or code, and log-ins that end: what stands in the books afterwards."""

from typing import Any, cast

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot.usecases.accounts import confirmation
from bot.usecases.accounts.page_results import FormRefused, PageText, TooMany
from bot.usecases.accounts.passwords import MISSING, RightLogIn, WrongLogIn, end_log_in, end_log_ins, try_password
from bot.usecases.contacts.commands import check_code, explain_wrong_code
from dialogs.messages.contact import CheckCode, CheckLetterCode, CodeDead, CodeRight, CodeWrong, EmailProven
from dialogs.messages.own_data import LogInOver
from services.accounts import accounts, one_time_links, visits
from services.contacts import codes, contacts
from services.limits import Held
from services.payments import methods
from services.store import conversations
from tests.bot.usecases.billing.test_commands import kept_card
from tests.bot.usecases.commanding import deps, turn
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW, conversation, prove, sign_up
from values.private import Secret

ANNA = "anna@example.com"


def letter(
    connection: sa.Connection,
    purpose: one_time_links.Purpose = "confirm_email",
    *,
    to: str | None = ANNA,
    talk: str = "talk-a1",
    account_id: str = "a1",
) -> one_time_links.OneTimeLink:
    """The account's letter, with its link and its code."""
    data = {"to": one_time_links.make_address_mark(KEY, to)} if to is not None else {}
    one_time_links.issue(
        connection,
        link_id="l1",
        purpose=purpose,
        conversation_id=talk,
        account_id=account_id,
        data=data,
        server_key=KEY,
        now=NOW,
    )
    codes.issue(
        connection,
        challenge_id="l1",
        purpose="email",
        target=ANNA,
        conversation_id=talk,
        server_key=KEY,
        now=NOW,
        quotas=False,
    )
    return present(one_time_links.get(connection, link_id="l1", now=NOW))


def proven(connection: sa.Connection) -> str | None:
    return contacts.prover_of(connection, ANNA)


def taken(connection: sa.Connection) -> None:
    """Another account proves the address first."""
    sign_up(connection, "a2", ANNA, demanded=("email",))
    prove(connection, "a2", "email", ANNA)


# --- by its link ---


def test_a_letter_proves_the_mailbox_that_it_went_to_once(connection: sa.Connection) -> None:
    sign_up(connection)
    sent = letter(connection)
    assert present(confirmation.confirm(connection, sent, server_key=KEY, now=NOW)) == accounts.get(connection, "a1")
    assert proven(connection) == "a1"
    assert confirmation.confirm(connection, sent, server_key=KEY, now=NOW) is None, "it is used up"


def test_a_letter_to_a_former_address_or_of_no_account_proves_nothing(connection: sa.Connection) -> None:
    sign_up(connection)
    sent = letter(connection, to="former@example.com")
    assert confirmation.confirm(connection, sent, server_key=KEY, now=NOW) is None
    nobodys = replace(sent, account_id=None)
    assert confirmation.confirm(connection, nobodys, server_key=KEY, now=NOW) is None
    assert confirmation.confirm_by_reset(connection, nobodys, server_key=KEY, now=NOW) is None
    assert proven(connection) is None
    assert one_time_links.use(connection, link_id="l1", now=NOW), "nor is it used up"


def test_an_address_that_another_has_proven_meanwhile_stays_theirs(connection: sa.Connection) -> None:
    sign_up(connection)
    sent = letter(connection)
    taken(connection)
    assert confirmation.confirm(connection, sent, server_key=KEY, now=NOW) == contacts.ContactTaken()
    assert proven(connection) == "a2"


# --- by a reset ---


def reset(connection: sa.Connection, **of: Any) -> object:
    sent = letter(connection, "reset_password", **of)
    done = confirmation.confirm_by_reset(connection, sent, server_key=KEY, now=NOW)
    return done if done is None else (done[0].id, done[1])


def phones(connection: sa.Connection) -> list[str]:
    return [one.value for one in contacts.of_account(connection, "a1") if one.kind == "phone"]


@pytest.mark.parametrize("to", [None, "former@example.com"])
def test_a_reset_that_was_written_to_no_mailbox_of_the_account_proves_nothing(
    connection: sa.Connection, to: str | None
) -> None:
    sign_up(connection)
    assert reset(connection, to=to) is None
    assert proven(connection) is None


def test_reset_proves_an_unproven_mailbox_once_and_leaves_what_its_own_customer_left(connection: sa.Connection) -> None:
    sign_up(connection)
    visits.begin_without_log_in(connection, conversation_id="talk-a1", account_id="a1", now=NOW)
    prove(connection, "a1", "phone", "+48600700800")
    assert reset(connection) == ("a1", None), "asked for where the account was made"
    assert proven(connection) == "a1"
    assert phones(connection) == ["+48600700800"]
    assert reset(connection) is None, "proven before"


def test_a_reset_by_a_stranger_to_the_account_drops_what_was_left_there(connection: sa.Connection) -> None:
    sign_up(connection)
    prove(connection, "a1", "phone", "+48600700800")
    way = kept_card(connection)
    conversation(connection, "strange")
    assert reset(connection, talk="strange") == ("a1", (way.id,))
    assert phones(connection) == []
    assert present(methods.get(connection, way.id)).forgotten_at == NOW


# --- by its code ---


def typed(connection: sa.Connection, code: str, talk: str = "talk-a1") -> tuple[object, list[str]]:
    context = turn(connection, talk=talk)
    told = confirmation.check_letter_code(deps(), CheckLetterCode("a1", code), context)
    return told, [event.conversation_id for event in context.told]


RIGHT = codes.derive(KEY, "l1")
WRONG = f"{(int(RIGHT) + 1) % 10**6:06d}"


def test_the_right_code_proves_the_address_and_another_chat_hears_of_it(connection: sa.Connection) -> None:
    sign_up(connection)
    letter(connection)
    conversation(connection, "other")
    told, _ = typed(connection, WRONG)
    assert isinstance(told, CodeWrong)
    assert typed(connection, RIGHT, "other") == (EmailProven(ANNA, NOW), ["talk-a1"])
    assert proven(connection) == "a1"
    assert typed(connection, WRONG) == (EmailProven(ANNA, NOW), []), "the link was faster"


def test_a_code_without_a_letter_to_a_taken_address_or_of_another_is_never_right(connection: sa.Connection) -> None:
    sign_up(connection)
    assert typed(connection, RIGHT)[0] == CodeDead("expired")
    letter(connection, "taken_log_in")
    assert isinstance(typed(connection, RIGHT)[0], CodeWrong)
    one_time_links.cancel_of_account(connection, account_id="a1", purposes=("taken_log_in",))
    with pytest.raises(LookupError, match="no such account"):
        confirmation.check_letter_code(deps(), CheckLetterCode("a9", RIGHT), turn(connection))


def test_a_right_code_for_what_another_has_proven_meanwhile_is_dead(connection: sa.Connection) -> None:
    sign_up(connection)
    letter(connection)
    taken(connection)
    assert typed(connection, RIGHT) == (CodeDead("expired"), [])


@pytest.mark.parametrize(
    ("checked", "told"),
    [
        (codes.WrongCode(2), CodeWrong(2)),
        (codes.Exhausted(), CodeDead("exhausted")),
        (codes.TooManyToday(NOW), CodeDead("too_many_today")),
        (codes.Expired(), CodeDead("expired")),
    ],
)
def test_why_a_code_was_not_accepted(checked: codes.Checked, told: object) -> None:
    assert explain_wrong_code(checked) == told


def test_a_code_of_a_customer_on_file_proves_nothing_yet(connection: sa.Connection) -> None:
    sign_up(connection)
    letter(connection)
    command = CheckCode("l1", RIGHT, None, ANNA)
    assert check_code(deps(), command, turn(connection)) == CodeRight(command.phone)
    assert proven(connection) is None


# --- passwords and log-ins ---


@pytest.mark.parametrize(
    ("login", "password", "tried", "of", "answer"),
    [
        (None, "x", None, None, MISSING),
        ("anna", "", None, None, MISSING),
        ("anna", "x", Held(60), None, TooMany(60)),
        ("anna", "x", WrongLogIn(), None, FormRefused((PageText("wrong", {}),))),
        ("anna", "x", "right", "a2", FormRefused((PageText("wrong", {}),))),
        ("anna", "x", "right", "a1", "right"),
        ("anna", "x", "right", None, "right"),
    ],
)
async def test_a_password_answers_for_its_own_account_alone(
    login: str | None, password: str, tried: object, of: str | None, answer: object
) -> None:
    right = RightLogIn("a1", cast(Any, None), cast(Any, None), "")

    class Tries:
        async def attempt(self, *_given: object, **_more: object) -> object:
            return right if tried == "right" else tried

    given = Secret(login) if login is not None else None
    said = await try_password(cast(Any, Tries()), given, Secret(password), None, wrong="wrong", of=of)
    assert said == (right if answer == "right" else answer)


def bound(connection: sa.Connection) -> list[str]:
    return [one.id for one in conversations.of_account(connection, "a1")]


def test_log_ins_end_one_by_one_or_all_but_one_and_their_pages_die(connection: sa.Connection) -> None:
    sign_up(connection)
    for talk in ("b", "c"):
        conversation(connection, talk)
        accounts.bind_conversation(connection, conversation_id=talk, account_id="a1", now=NOW)
    letter(connection, "export", talk="b")
    assert end_log_in(connection, "b", "a1")
    assert present(one_time_links.get(connection, link_id="l1", now=NOW)).state == "cancelled"
    assert [end_log_in(connection, "b", "a1"), end_log_in(connection, "gone", "a1")] == [False, False]

    class Turn:
        def __init__(self) -> None:
            self.connection, self.told = connection, list[tuple[str, object]]()

        def tell(self, owner: str, event: object) -> None:
            self.told.append((owner, event))

    tx = Turn()
    end_log_ins(cast(Any, tx), "a1", "password", but="c")
    assert tx.told == [("talk-a1", LogInOver("password"))]
    assert bound(connection) == ["c"]
