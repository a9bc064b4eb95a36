"""Signing up, shadows, proving, finding."""

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher as Argon2
from argon2 import extract_parameters
from msgspec.structs import fields

from dialogs.state import ConversationState
from services.accounts import account_books, account_search, accounts, credentials, held_log_ins
from services.accounts.account_search import LoginCandidate
from services.accounts.credentials import Argon2Hasher, PasswordHasher
from services.contacts import contacts
from services.contacts.contacts import ContactTaken, Proven
from services.store import conversations
from services.store.tables.accounts import account, credential
from tests.kit.narrow import present
from tests.services.domain import people
from values.account_view import AccountView

ANNA = "anna@example.com"


def found(connection: sa.Connection, email: str = ANNA) -> str | None:
    account = account_search.find_by_email(connection, email)
    return None if account is None else account.id


def test_an_account_is_active_once_all_that_is_demanded_is_proven(connection: sa.Connection) -> None:
    assert people.sign_up(connection) == accounts.SignedUp("a1", taken=False)
    assert people.prove(connection, "a1", "phone", "+48600700800") == Proven(active_now=False)
    assert people.prove(connection, "a1", "email", ANNA) == Proven(active_now=True)
    assert people.prove(connection, "a1", "email", ANNA) == Proven(active_now=False)
    active = present(accounts.get(connection, "a1"))
    assert (active.status, active.activated_at) == ("active", people.NOW)


def test_another_proven_email_is_not_the_demanded_one(connection: sa.Connection) -> None:
    people.sign_up(connection, demanded=("email",))
    assert people.prove(connection, "a1", "email", "another@example.com") == Proven(active_now=False)
    assert people.prove(connection, "a1", "email", ANNA) == Proven(active_now=True)


def test_a_sign_up_with_anothers_email_is_a_shadow_that_nobody_finds(connection: sa.Connection) -> None:
    people.customer(connection)
    assert people.sign_up(connection, "a2") == accounts.SignedUp("a2", taken=True)
    assert people.prove(connection, "a2", "phone", "+48600700801") == Proven(active_now=False)
    assert people.prove(connection, "a2", "email", ANNA) == ContactTaken()
    shadow = present(account_books.read_view(connection, "a2"))
    assert (shadow.status, shadow.taken, shadow.phone_verified, shadow.email_verified) == ("pending", True, True, False)
    assert found(connection) == "a1"
    assert [c.account_id for c in account_search.login_candidates(connection, ANNA)] == ["a1"]
    assert [c.account_id for c in account_search.login_candidates(connection, ANNA, shadows=True)] == ["a1", "a2"]


def test_of_two_unfinished_sign_ups_the_first_to_prove_owns_the_email(connection: sa.Connection) -> None:
    people.sign_up(connection, "a1")
    people.sign_up(connection, "a2", now=people.later(minutes=1))
    assert found(connection) == "a2"  # the newest, while nobody has proven it
    assert people.prove(connection, "a1", "email", ANNA) == Proven(active_now=False)
    assert found(connection) == "a1"
    assert people.prove(connection, "a2", "email", ANNA) == ContactTaken()
    assert people.sign_up(connection, "a3").taken


def test_without_a_demanded_email_the_first_active_account_has_it(connection: sa.Connection) -> None:
    people.sign_up(connection, "a1", demanded=("phone",))
    people.sign_up(connection, "a2", demanded=("phone",))
    assert people.prove(connection, "a2", "phone", "+48600700802") == Proven(active_now=True)
    assert people.prove(connection, "a1", "phone", "+48600700801") == Proven(active_now=False)
    assert found(connection) == "a2"
    loser = present(accounts.get(connection, "a1"))
    assert (loser.status, loser.taken) == ("pending", True)


def test_a_phone_may_serve_two_accounts_unless_it_is_exclusive(connection: sa.Connection) -> None:
    number = "+48600700800"
    people.sign_up(connection, "a1", "one@example.com")
    people.sign_up(connection, "a2", "two@example.com")
    assert people.prove(connection, "a1", "phone", number) == Proven(active_now=False)
    assert people.prove(connection, "a2", "phone", number) == Proven(active_now=False)
    strict = frozenset({"email", "phone"})

    def claim(id: str) -> Proven | ContactTaken:
        return contacts.prove(
            connection, account_id=id, kind="phone", value=number, key=number, now=people.NOW, exclusive=strict
        )

    assert claim("a1") == Proven(active_now=False)
    assert claim("a2") == ContactTaken()


def test_a_shadow_keeps_no_number_from_the_account_it_is_a_shadow_of(connection: sa.Connection) -> None:
    number, strict = "+48600700900", frozenset({"email", "phone"})
    people.customer(connection)
    people.sign_up(connection, "a2")
    for id in ("a2", "a1"):
        proven = contacts.prove(
            connection, account_id=id, kind="phone", value=number, key=number, now=people.NOW, exclusive=strict
        )
        assert proven == Proven(active_now=False)


def test_a_contact_given_again_replaces_one_not_proven_and_the_last_proven_counts(connection: sa.Connection) -> None:
    people.sign_up(connection)
    for number in ("+48600700801", "+48600700802"):
        contacts.note_contact(connection, account_id="a1", kind="phone", value=number, key=number, now=people.NOW)
    assert [c.value for c in contacts.of_account(connection, "a1") if c.kind == "phone"] == ["+48600700802"]
    for n, number in enumerate(("+48600700803", "+48600700805", "+48600700803")):
        people.prove(connection, "a1", "phone", number, now=people.later(hours=n))
    newer = "+48600700804"
    contacts.note_contact(connection, account_id="a1", kind="phone", value=newer, key=newer, now=people.later(days=1))
    view = present(account_books.read_view(connection, "a1"))
    assert (view.phone, view.phone_verified) == ("+48600700803", True)


def test_an_email_can_be_changed_until_it_is_proven(connection: sa.Connection) -> None:
    people.customer(connection)
    people.sign_up(connection, "a2", "typo@example.com")

    def change(email: str) -> object:
        return accounts.change_email(connection, account_id="a2", email=email, email_key=email, now=people.NOW)

    assert change(ANNA) == accounts.ChangedEmail(taken=True)
    assert change("right@example.com") == accounts.ChangedEmail(taken=False)
    assert found(connection, "right@example.com") == "a2"
    assert found(connection, "typo@example.com") is None
    assert [c.value for c in contacts.of_account(connection, "a2")] == ["right@example.com"]
    people.prove(connection, "a2", "email", "right@example.com")
    assert change("late@example.com") == accounts.AlreadyProven()
    assert (
        accounts.change_email(
            connection, account_id="a1", email="late@example.com", email_key="late@example.com", now=people.NOW
        )
        == accounts.AlreadyProven()
    )


def test_a_second_proven_email_finds_its_customer_and_one_only_written_down_does_not(connection: sa.Connection) -> None:
    people.customer(connection)
    people.prove(connection, "a1", "email", "office@example.com")
    contacts.note_contact(
        connection, account_id="a1", kind="email", value="boss@example.com", key="boss@example.com", now=people.NOW
    )
    assert found(connection, "office@example.com") == "a1"
    assert found(connection, "boss@example.com") is None
    assert found(connection, "nobody@example.com") is None
    assert found(connection, "odd\x00 \ud800@example.com") is None


def test_signing_up_again_with_the_same_id_changes_nothing(connection: sa.Connection) -> None:
    people.sign_up(connection)
    people.prove(connection, "a1", "phone", "+48600700800")
    assert people.sign_up(connection) == accounts.SignedUp("a1", taken=False)
    assert len(contacts.of_account(connection, "a1")) == 2


def test_log_in_offers_the_active_account_before_the_newest_pending_ones(connection: sa.Connection) -> None:
    for n in range(1, 6):
        people.sign_up(connection, f"a{n}", now=people.later(minutes=n))
    offered = account_search.login_candidates(connection, ANNA)
    assert offered == [LoginCandidate(f"a{n}", f"password-a{n}", f"hash-of-a{n}", "pending") for n in (5, 4)]
    assert "hash-of" not in repr(offered)


def test_a_new_password_deletes_the_old_hash(connection: sa.Connection) -> None:
    people.sign_up(connection)
    credentials.store(connection, "new", "hash-new", people.NOW)
    accounts.set_password(connection, account_id="a1", credential_id="new")
    accounts.set_password(connection, account_id="a1", credential_id="new")
    assert list(connection.execute(sa.select(credential.c.id)).scalars()) == ["new"]
    assert account_search.login_candidates(connection, ANNA)[0].password_hash == "hash-new"


def test_hashes_of_sign_ups_that_came_to_nothing_are_forgotten(connection: sa.Connection) -> None:
    people.sign_up(connection)
    credentials.store(connection, "left over", "hash", people.NOW)
    credentials.store(connection, "fresh", "hash", people.later(hours=1))
    credentials.forget(
        connection, connection.execute(credentials.select_unused(people.later(minutes=1))).scalars().all()
    )
    left = connection.execute(sa.select(credential.c.id).order_by(credential.c.id)).scalars()
    assert list(left) == ["fresh", "password-a1"]


def test_a_conversation_has_one_account_and_is_told_to_it(connection: sa.Connection) -> None:
    people.sign_up(connection, "a1", "one@example.com")
    people.sign_up(connection, "a2", "two@example.com")
    accounts.bind_conversation(connection, account_id="a2", conversation_id="talk-a1", now=people.NOW)
    one, two = accounts.get(connection, "a1"), accounts.get(connection, "a2")
    assert one is not None
    assert two is not None
    assert (one.conversation_id, two.conversation_id) == (None, "talk-a1")
    assert {c.id for c in conversations.of_account(connection, "a2")} == {"talk-a1", "talk-a2"}
    accounts.unbind_conversation(connection, conversation_id="talk-a1")
    assert [c.id for c in conversations.of_account(connection, "a2")] == ["talk-a2"]


def test_personal_data_are_not_in_any_repr(connection: sa.Connection) -> None:
    people.owing(connection)
    view, account = account_books.read_view(connection, "a1"), accounts.get(connection, "a1")
    shown = repr(view) + repr(account) + repr(contacts.of_account(connection, "a1"))
    for personal in (ANNA, "600700800", "Bursztyn", "1234563218", "Długa"):
        assert personal not in shown


def test_the_view_shows_what_the_dialogs_need(connection: sa.Connection) -> None:
    assert account_books.read_view(connection, "nobody") is None
    people.buyer(connection)
    order = people.placed(connection)
    people.to_pay(connection)
    view = present(account_books.read_view(connection, "a1"))
    assert view.company is not None
    assert view.order is not None
    assert (view.company.tax_number, view.company.check) == ("1234563218", "verified")
    assert (view.order.number, view.order.gross, view.order.payment_status) == (order.number, 36777, "pending")
    assert (view.einvoice_status, view.default_method) == ("off", None)


@pytest.mark.parametrize("times", [2, 6])
def test_proven_at_once_an_email_has_one_owner(racing: sa.Engine, times: int) -> None:
    with racing.begin() as connection:
        for n in range(times):
            people.sign_up(connection, f"a{n}", demanded=("email",))
    outcomes = people.at_once(racing, times, lambda connection, n: people.prove(connection, f"a{n}", "email", ANNA))
    winners = [outcome for outcome in outcomes if isinstance(outcome, Proven)]
    assert len(winners) == 1
    assert winners[0].active_now
    with racing.connect() as connection:
        states = [accounts.get(connection, f"a{n}") for n in range(times)]
    assert sorted((s.status, s.taken) for s in states if s) == [("active", False)] + [("pending", True)] * (times - 1)


def test_dialogs_read_of_an_account_what_they_ask_for_it(connection: sa.Connection) -> None:
    """A column and a slot of the same name: what the account has isn't asked again after a log-in."""
    people.sign_up(connection)
    dialogs = [getattr(ConversationState(), name) for name in ConversationState.__struct_fields__]
    asked = {name for slots in dialogs for name in slots.__struct_fields__} & {*account.c.keys()}
    assert asked <= {field.name for field in fields(AccountView)}, "values/account_view.py"
    connection.execute(sa.update(account).values({name: name for name in asked if account.c[name].nullable}))
    view, row = account_books.read_view(connection, "a1"), connection.execute(sa.select(account)).mappings().one()
    found = {name: getattr(view, name) for name in asked}
    assert found == {name: row[name] for name in asked}, "services/accounts/account_books.py"


def test_proving_another_address_that_is_taken_makes_no_shadow(connection: sa.Connection) -> None:
    people.customer(connection, "a1", "bob@example.com")
    people.sign_up(connection, "a2")
    assert people.prove(connection, "a2", "email", "bob@example.com") == ContactTaken()
    other = present(accounts.get(connection, "a2"))
    assert (other.status, other.taken) == ("pending", False)
    assert people.prove(connection, "a2", "phone", "+48600700802") == Proven(active_now=False)
    assert people.prove(connection, "a2", "email", ANNA) == Proven(active_now=True)


# --- passwords: hashed as the figures say, compared in any spelling, and nobody's takes as long as somebody's ---


@pytest.fixture(scope="module")
def hasher() -> Argon2Hasher:
    return Argon2Hasher()


async def test_the_figures_are_in_the_hash(hasher: Argon2Hasher) -> None:
    first, second = await hasher.hash("correct horse"), await hasher.hash("correct horse")
    figures = extract_parameters(first)
    assert (figures.type.name, figures.memory_cost, figures.time_cost, figures.parallelism) == ("ID", 19456, 2, 1)
    assert figures.salt_len >= 16
    assert first != second
    assert "horse" not in first


async def test_only_the_password_fits(hasher: Argon2Hasher) -> None:
    port: PasswordHasher = hasher
    made = await port.hash("zażółć gęślą")
    assert await port.verify(made, "zażółć gęślą")
    assert not await port.verify(made, "zazolc gesla")
    assert not await port.verify(made, "")
    assert not await port.verify("not a hash", "zażółć gęślą")
    assert not await port.verify("", "x")


async def test_another_keyboard_types_the_same(hasher: Argon2Hasher) -> None:
    assert await hasher.verify(await hasher.hash("café Ⅳ"), "cafe\u0301 IV")


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "x" * 100_000, "🔑" * 50])
async def test_odd_characters_are_characters(hasher: Argon2Hasher, odd: str) -> None:
    assert await hasher.verify(await hasher.hash(odd), odd)


async def test_nobodys_password_is_burned_with_the_same_figures(
    hasher: Argon2Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    check = hasher._verify

    def watch(password_hash: str, password: bytes) -> bool:
        verified.append(password_hash)
        return check(password_hash, password)

    monkeypatch.setattr(hasher, "_verify", watch)
    await hasher.burn("anything")
    [burned] = verified
    assert extract_parameters(burned) == extract_parameters(await hasher.hash("x"))


async def test_weaker_hashes_are_known_as_outdated(hasher: Argon2Hasher) -> None:
    weak = Argon2(time_cost=1, memory_cost=1024, parallelism=1).hash("x")
    assert hasher.outdated(weak)
    assert await hasher.verify(weak, "x")
    assert not hasher.outdated(await hasher.hash("x"))


# --- log-ins that wait for two digits: one answer, five minutes, the newest alone ---


def hold(connection: sa.Connection, id: str = "h1", at: str = "c1") -> str:
    """Hold a log-in of the first account; its digits."""
    held_log_ins.hold(
        connection, held_id=id, account_id="a1", conversation_id=at, server_key=people.KEY, now=people.NOW
    )
    return held_log_ins.digits(people.KEY, id)


def says(connection: sa.Connection, typed: str, id: str = "h1", **after: float) -> bool | None:
    return held_log_ins.answer(connection, held_id=id, typed=typed, server_key=people.KEY, now=people.later(**after))


def test_digits_are_two_and_stay_the_same() -> None:
    shown = [held_log_ins.digits(people.KEY, f"h{n}") for n in range(200)]
    assert shown == [held_log_ins.digits(people.KEY, f"h{n}") for n in range(200)]
    assert {len(digits) for digits in shown} == {2}
    assert all(digits.isdigit() for digits in shown)
    assert len(set(shown)) > 50


def test_one_answer_ends_it_right_or_wrong(connection: sa.Connection) -> None:
    people.customer(connection)
    right = hold(connection)
    assert [says(connection, right), says(connection, right)] == [True, None]
    right = hold(connection, "h2", "c2")
    assert [says(connection, right + "0", "h2"), says(connection, right, "h2")] == [False, None]


def test_it_waits_five_minutes(connection: sa.Connection) -> None:
    people.customer(connection)
    in_time, late = hold(connection), hold(connection, "h2", "c2")
    assert says(connection, in_time, seconds=299) is True
    assert says(connection, late, "h2", seconds=300) is None


def test_of_a_conversation_the_newest_alone_is_held(connection: sa.Connection) -> None:
    people.customer(connection)
    older, elsewhere, newer = hold(connection), hold(connection, "h2", "c2"), hold(connection, "h3")
    assert says(connection, older) is None
    assert [says(connection, newer, "h3"), says(connection, elsewhere, "h2")] == [True, True]


def test_who_is_told_that_a_log_in_came_to_nothing(connection: sa.Connection) -> None:
    people.customer(connection)
    assert held_log_ins.end(connection, "c1") == ()
    right = hold(connection)
    assert held_log_ins.end(connection, "c1") == ("a1",)
    assert says(connection, right) is None
    hold(connection, "h2")
    assert held_log_ins.end(connection, "c1", but_of="a1") == (), "whoever ended it knows"
    assert present(held_log_ins.find_held_log_in(connection, "h2", people.NOW)).state == "cancelled"
