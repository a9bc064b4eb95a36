"""Consents: every decision is a row; how things stand follows from them."""

import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import consents
from services.store.tables.accounts import consent
from tests.services.domain.people import later, sign_up
from values.consent import Consent


def decide(
    connection: sa.Connection,
    id: str,
    given: bool,
    minutes: int,
    account: str | None = "a1",
    version: str = "1",
    words: str = "Zgadzam się.",
) -> None:
    consents.record(
        connection,
        account_id=account,
        conversation_id="talk-a1",
        consent_id=id,
        version=version,
        locale="pl",
        words=words,
        given=given,
        channel="rest",
        how="button",
        now=later(minutes=minutes),
    )


def standing(id: str, given: int, withdrawn: int | None = None, version: str = "1") -> consents.ConsentStatus:
    until = None if withdrawn is None else later(minutes=withdrawn)
    return consents.ConsentStatus(id, version, "pl", "rest", later(minutes=given), until, "button", "Zgadzam się.")


def test_taking_back_and_giving_again_only_add_rows(connection: sa.Connection) -> None:
    sign_up(connection)

    def withdraw(minutes: int) -> bool:
        return consents.withdraw(
            connection,
            account_id="a1",
            conversation_id="talk-a1",
            consent_id="marketing",
            channel="web",
            how="word",
            now=later(minutes=minutes),
        )

    assert not withdraw(0)
    decide(connection, "marketing", True, 1)
    assert withdraw(2)
    assert not withdraw(3)
    assert consents.of_account(connection, "a1") == [standing("marketing", 1, 2)]
    decide(connection, "marketing", True, 4, version="2")
    assert consents.of_account(connection, "a1") == [standing("marketing", 4, version="2")]
    assert list(connection.execute(sa.select(consent.c.given).order_by(consent.c.id)).scalars()) == [True, False, True]


def test_an_acceptance_of_other_words_or_of_another_version_is_outdated(connection: sa.Connection) -> None:
    sign_up(connection)
    asked = Consent("terms", "1", words=(("pl", "Akceptuję regulamin."), ("en", "I accept the terms.")))

    def outdated(today: Consent) -> tuple[str, ...]:
        return consents.list_outdated_consents(connection, account_id="a1", today=(today,))

    assert outdated(asked) == ()  # nothing was accepted: that is another question
    decide(connection, "terms", True, 1, words="Akceptuję regulamin.")
    assert outdated(asked) == ()
    assert outdated(replace(asked, version="2")) == ("terms",)
    assert outdated(replace(asked, words=(("pl", "Akceptuję nowy regulamin."),))) == ("terms",)
    found = outdated(replace(asked, words=(("en", "I accept the terms."),)))  # Polish isn't spoken any more
    assert found == ("terms",)
    assert outdated(replace(asked, words=(("pl", "Akceptuję regulamin."), ("en", "I accept new terms.")))) == ()
    decide(connection, "terms", False, 2)
    assert outdated(replace(asked, version="2")) == ()
