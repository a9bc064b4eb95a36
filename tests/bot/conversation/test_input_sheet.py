"""The input sheet of each seller: what is asked for together, and that its lines are taken without a question more."""

from msgspec.structs import replace

from bot.conversation.labelled_lines import first_part
from bot.conversation.outbound import JudgedValue
from bot.texts.text import leaves
from dialogs.kit import InputSheet, sheet_at
from dialogs.state import Orderer
from tests.architecture.rooms import ROOT
from tests.journeys.r2_scenes import EMAIL, Owner
from tests.journeys.teller import Teller, hearing, profile
from tests.kit.narrow import present
from tests.kit.rows import all_rows
from tests.table import table
from values.kinds import kind_of

VALUES = {
    "person_name": "Anna Nowak",
    "street": "Lindenstraße 12",
    "postal_code": "80331",
    "city": "München",
    "company_name": "Bäckerei Morgenrot GmbH",
}


def customer(seller: str, locale: str, *ways: str) -> Teller:
    """Somebody who has pressed these answers."""
    told = Teller(seller, locale)
    told.scene("A sheet")
    told.write({"pl": "Dzień dobry", "it": "Buongiorno", "en": "Hello", "de": "Guten Tag"}[locale])
    told.chooses(*ways)
    return told


def sheet(told: Teller) -> InputSheet | None:
    """The sheet at the open step."""
    journey = told.hearing.journey
    return sheet_at(journey, journey.position(told.case, told.context), told.case, told.context)


def judge(told: Teller, name: str, text: str) -> JudgedValue | None:
    """Return the open sheet's judgement of a value in one of its fields."""
    return told.shows.judge(name, text, told.context)


def fields(told: Teller) -> dict[str, str]:
    """The sheet at the open step: a sample value by each field's label."""
    found, country = sheet(told), told.profile.seller.country
    return {
        told.renderer.words(f"label.{step.name}", {}, told.locale): VALUES.get(
            step.name, kind_of(step.expects).samples(country).valid[0]
        )
        for step in (found.steps if found is not None else ())
    }


SHEETS = [
    ("fakturasmart", "pl", ("start:buy",), ("E-mail", "Telefon", "NIP")),
    ("fakturasmart", "it", ("start:buy",), ("E-mail", "Telefono", "NIP")),
    ("fakturasmart", "en", ("start:buy", "account:new"), ("E-mail", "Phone", "NIP")),
    ("konto_insert", "pl", ("start:sign_up",), ("Imię i nazwisko", "E-mail", "NIP lub VATIN")),
    ("certified_platform", "it", ("start:buy", "addons:none"), ("E-mail", "Partita IVA", "Codice o PEC")),
    ("kontorblatt", "de", ("start:buy",), ("Name", "E-Mail", "USt-IdNr.")),
]


@table(("seller", "locale", "ways", "labels"), SHEETS)
def test_what_the_next_questions_ask_for_stands_on_one_sheet(
    seller: str, locale: str, ways: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    told = customer(seller, locale, *ways)
    assert tuple(fields(told)) == labels

    told.write("\n".join(f"{label}: {value}" for label, value in fields(told).items()))
    assert told.at == "account.secure_page"
    assert fields(told) == {}


@table(("seller", "locale", "ways", "labels"), SHEETS)
def test_a_field_says_what_the_chat_would_say(
    seller: str, locale: str, ways: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    told = customer(seller, locale, *ways)
    case, found = told.case, sheet(told)
    assert found is not None
    for step, label in zip(found.steps, labels, strict=True):
        samples = kind_of(step.expects).samples(told.profile.seller.country)
        assert judge(told, step.name, samples.valid[0]) == JudgedValue()
        for text in samples.invalid:
            field = present(judge(told, step.name, text))
            assert field.wrong, text
            begun = len(told.transcript)
            told.write(f"{label}: {text}")
            assert " ".join(field.wrong[:-1].split()) in " ".join(told.transcript[begun:].split())
            told.case = case


@table("seller", sorted(path.parent.name for path in (ROOT / "profiles").glob("*/profile.toml")))
def test_what_is_wrong_fits_below_every_field_in_every_language(seller: str) -> None:
    journey, texts = hearing(seller).journey, profile(seller).catalogue.texts
    kinds = {f"refused.{step.expects}" for step in journey.on_sheets}
    known = [(key, text) for of in texts.values() for key, text in of.items() if key.rpartition(".")[0] in kinds]
    for key, text in known:
        for words in leaves(text):
            said = first_part("".join(piece if isinstance(piece, str) else "1" for piece in words.pieces))
            assert len(said.split()) <= 8, (key, said)


@all_rows
def test_a_field_says_in_short_what_is_wrong_and_what_was_meant(
    locale: str, field: str, text: str, said: tuple[str, ...]
) -> None:
    told = customer("fakturasmart", locale, "start:buy", "account:new")
    assert judge(told, field, text) == (JudgedValue(*said) if said else None)


def test_what_is_left_empty_is_asked_for_and_what_is_wrong_is_told() -> None:
    told = customer("fakturasmart", "pl", "start:buy")
    told.write("E-mail: anna.nowak@example.com\nNIP: 1234563219")
    assert told.at == "account.secure_page"
    assert "1234563219" in told.transcript
    assert told.firm.tax_number is None


def test_a_value_by_its_label_is_not_said_back() -> None:
    told = customer("fakturasmart", "pl", "start:buy")
    told.write("E-mail: anna.nowak@example.com\nTelefon: 512 000 321")
    assert "Zapisane" not in told.transcript


def test_lines_of_another_kind_are_read_as_any_words() -> None:
    told = customer("fakturasmart", "pl", "start:buy")
    told.write("E-mail: anna.nowak@example.com\nmam pytanie: ile to kosztuje?")
    assert "367,77" in told.transcript.rpartition("ile to kosztuje?")[2]


def test_one_answer_asked_anew_is_asked_alone() -> None:
    told = customer("fakturasmart", "pl", "start:buy", "account:new")
    told.write("anna.nowak@example.com", "zmień e-mail")
    assert fields(told) == {}


def at_the_orderer() -> Owner:
    told = Owner("r2platnik", "pl")
    told.scene("A first renewal")
    told.enters()
    told.tap("shop", "go_on", "subscription", "right")
    return told


def test_an_orderers_sheet_begins_with_what_the_account_knows() -> None:
    told = at_the_orderer()
    found = present(sheet(told))
    known = [step.answer.on_file(told.case.orderer, told.context) for step in found.steps]
    assert [step.name for step in found.steps] == ["invoice_email", "person_name", "phone", "orderer_email"]
    assert known == [EMAIL, None, "+48 512 000 111", EMAIL]

    told.write(
        "E-mail do faktur: faktury@bursztyn.example.com\nImię i nazwisko: Anna Nowak\nTelefon: 512 000 111\n"
        f"E-mail zamawiającego: {EMAIL}"
    )
    assert told.case.orderer == Orderer("faktury@bursztyn.example.com", "Anna Nowak", "+48512000111", EMAIL)


def test_the_accounts_address_is_one_press_where_there_are_no_fields() -> None:
    told = at_the_orderer()
    told.chooses("invoice_email:same")
    told.write("Anna Nowak", "512 000 111")
    told.write("taki sam jak w koncie")
    assert told.case.orderer == Orderer(EMAIL, "Anna Nowak", "+48512000111", EMAIL)


def test_the_orderer_in_one_line_may_have_a_landline() -> None:
    for line in (
        f"Anna Nowak, 22 123 45 67, {EMAIL}",
        f"{EMAIL}, Anna Nowak, 221234567",
        f"Anna Nowak 22 123 45 67 {EMAIL}",
    ):
        told = at_the_orderer()
        told.chooses("invoice_email:same")
        told.write(line)
        assert told.case.orderer == Orderer(EMAIL, "Anna Nowak", "+48221234567", EMAIL), line


def test_after_a_silence_what_the_account_has_is_masked_and_taken_all_the_same() -> None:
    told = at_the_orderer()
    account = told.case.account
    assert account.login is not None
    told.case = replace(told.case, account=replace(account, login=replace(account.login, idle=True)))
    found = present(sheet(told))
    assert judge(told, "invoice_email", "k•••@bursztyn.example.com") == JudgedValue()
    email, name, phone, orderer = (step.answer.on_file(told.case.orderer, told.context) for step in found.steps)
    assert email == orderer == "k•••@bursztyn.example.com"
    assert (name, phone) == (None, "••• ••• 111")

    told.write(
        f"E-mail do faktur: {email}\nImię i nazwisko: Anna Nowak\nTelefon: {phone}\nE-mail zamawiającego: {email}"
    )
    assert told.case.orderer == Orderer(EMAIL, "Anna Nowak", "+48512000111", EMAIL)
