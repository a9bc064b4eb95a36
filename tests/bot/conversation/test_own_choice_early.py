"""A seller's own choice that is made before it is asked is kept for its question, and said; a name is offered whole."""

from msgspec.structs import replace

from dialogs.state import Account, Company, ConversationState, LogIn
from tests.dialogs.driver import known_account
from tests.journeys.teller import Teller
from tests.kit.rows import all_rows
from tests.table import table

COMPANY = Company(
    product="gt",
    program_ready=True,
    tax_number="1234563218",
    lookup="found",
    source="mf",
    check="verified",
    name="Pracownia Bursztyn sp. z o.o.",
    street="ul. Długa 12/4",
    postal_code="80-831",
    city="Gdańsk",
    confirmed="yes",
)
BY_EMAIL = (
    *(("pl", "tylko e-mail"), ("pl", "kontakt tylko mailem")),
    *(("it", "solo email"), ("it", "solo per email"), ("en", "email only"), ("en", "by e-mail only, please")),
)

NO_CHOICE = (
    *(("it", "porca miseria quanto ci mette sta mail"), ("it", "non solo email"), ("pl", "nie przyszedł mail")),
    *(("en", "where is that mail"), ("en", "I only see no mail"), ("pl", "mailem to ja nic nie dostałem")),
)


def at_the_statement(locale: str) -> Teller:
    """Somebody of a company who is asked for the statement; how to reach them comes next."""
    teller = Teller("konto_insert", locale)
    account = Account(entry="log_in", login=LogIn("account-1", inside=True))
    talk = replace(teller.case.talk, greeted=True)
    teller.read_books(known_account(email="anna@example.com"))
    teller.case = ConversationState(talk=talk, account=account, company=COMPANY)
    assert teller.at == "company.statement"
    return teller


@table("locale, text", BY_EMAIL)
def test_a_choice_to_come_is_kept_and_not_asked_again(locale: str, text: str) -> None:
    teller = at_the_statement(locale)
    teller.write(text)
    assert (teller.at, teller.case.own.answers) == ("company.statement", {"contact_forms": "email"})
    teller.chooses("statement:accept")
    assert (teller.at, teller.case.own.answers) == ("zone.zone", {})
    assert teller.books.company is not None
    assert teller.books.company.own_answers == {"contact_forms": ("email",)}


@table(
    "locale, text",
    [("pl", "nie wiem"), ("pl", "żadnego"), ("en", "whatever"), ("it", "boh"), ("en", "email?"), *NO_CHOICE],
)
def test_what_chooses_nothing_is_kept_nowhere(locale: str, text: str) -> None:
    teller = at_the_statement(locale)
    teller.write(text)
    assert (teller.at, dict(teller.case.own.answers)) == ("company.statement", {})


@all_rows
def test_a_name_in_small_letters_is_offered_as_it_is_written(typed: str, offered: str) -> None:
    teller = Teller("konto_insert", "pl")
    teller.write("Dzień dobry")
    teller.chooses("start:sign_up")
    assert teller.at == "account.person_name"
    teller.write(typed)
    assert teller.case.account.name is None
    teller.write("tak")
    assert teller.case.account.name == offered
