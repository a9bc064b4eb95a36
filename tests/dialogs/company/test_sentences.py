"""What reads as a sentence where a name or a street is asked for: asked back once, then taken; never for ever."""

from dialogs.messages.company import CompanyUnknown, LookUpCompany
from tests.dialogs.driver import Driver, contact_proven
from tests.kit.rows import all_rows
from values.address import parse_company_name, parse_street
from values.parsing import Doubted, Ok

SAID = "NIP jest poprawny a wy go nie znajdujecie"


def asked() -> Driver:
    customer = contact_proven().given(LookUpCompany, CompanyUnknown()).write("8123456782")
    assert customer.at == "company.company_name"
    return customer


def test_a_sentence_is_asked_back_and_taken_when_it_is_said_again() -> None:
    customer = asked().write(SAID)
    assert (customer.at, customer.heard) == ("company.company_name", ["offered.doubted"])
    assert customer.buttons == ["offered:take"]
    customer.write(SAID)
    assert (customer.at, customer.firm.name) == ("company.street", SAID)


def test_a_sentence_is_taken_by_the_button_and_another_name_instead_of_it() -> None:
    assert asked().write(SAID).press("offered:take").firm.name == SAID

    instead = asked().write(SAID, "Bursztyn")
    assert (instead.at, instead.firm.name, instead.case.offered.value) == ("company.street", "Bursztyn", None)


def test_a_bare_yes_is_no_name_but_confirms_one_that_was_asked_back() -> None:
    customer = asked().write("tak")
    assert (customer.at, customer.heard) == ("company.company_name", ["offered.doubted"])

    assert asked().write(SAID, "tak").firm.name == SAID


def test_a_way_to_pay_alone_is_no_street() -> None:
    customer = asked().write("Bursztyn", "kartą")
    assert (customer.at, customer.heard) == ("company.street", ["offered.doubted"])


@all_rows
def test_what_a_street_is_called_before_it_is_no_part_of_it(said: str, street: str) -> None:
    assert asked().write("Bursztyn", said).firm.street == street


@all_rows
def test_what_a_name_is_called_before_it_is_no_part_of_it(said: str, name: str) -> None:
    assert asked().write(said).firm.name == name


def test_a_street_that_reads_as_a_sentence_is_asked_back_too() -> None:
    customer = asked().write("Bursztyn", "nie mamy już tego adresu co w rejestrze")
    assert (customer.at, customer.buttons) == ("company.street", ["offered:take"])
    customer.write("ul. Nowa 7")

    assert (customer.at, customer.firm.street) == ("company.postal_code", "ul. Nowa 7")


@all_rows
def test_it_reads_as_a_sentence(said: str) -> None:
    assert isinstance(parse_company_name(said), Doubted)
    assert isinstance(parse_street(said), Doubted)


@all_rows
def test_a_name_or_a_street_does_not(name: str) -> None:
    assert Ok(name) in (parse_company_name(name), parse_street(name))


def test_digits_alone_are_neither_a_name_nor_a_street() -> None:
    customer = asked().write("00-001")
    assert (customer.at, customer.heard) == ("company.company_name", ["refused.company_name.digits"])
    customer.write("Bursztyn", "18")

    assert (customer.at, customer.heard) == ("company.street", ["refused.street.digits"])
