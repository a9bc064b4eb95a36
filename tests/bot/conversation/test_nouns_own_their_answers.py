"""An answer that is called by its name is that one alone: "the e-mail for the confirmation is …" moves no log-in."""

from collections.abc import Iterator

from msgspec.structs import asdict, replace

from bot.conversation.inbound import Inbound, Text
from dialogs.messages.account import LoggedIn
from tests.bot.conversation.uttered import at
from tests.dialogs.driver import Driver, known_account, known_company, known_order
from tests.journeys.teller import hearing, profile
from tests.table import table
from values.channel import Channel
from values.meaning import Expects

SELLERS = {
    **dict.fromkeys(("fakturasmart", "certified_platform", "r2platnik", "konto_insert", "vectra"), ("pl", "it", "en")),
    "kontorblatt": ("de", "en"),
}
IS = {"pl": ("to", ":"), "it": ("è", ":"), "en": ("is", ":"), "de": ("ist", ":")}
VALUES = {
    Expects.email: "nowy.adres@firma.example",
    Expects.phone: "+48 512 444 333",
    Expects.person_name: "Ewa Zielińska",
    Expects.company_name: "Bursztyn Plus",
    Expects.street: "ul. Polna 3",
    Expects.city: "Sopot",
}
PARTS = ("account", "contact", "company", "orderer", "order", "einvoice", "own")


def asked(name: str, locale: str) -> Iterator[tuple[Driver, str, Expects]]:
    """Yield a customer at each typed question of a seller that is opened to be answered anew."""
    first = Driver(profile(name).seller)
    first.case = replace(first.case, talk=replace(first.case.talk, locale=locale, greeted=True))
    for bought in ((), (known_order("paid", "paid"),)):
        driver = first.copied().press("start:log_in")
        driver.happen(LoggedIn(known_account(company=known_company(), orders=bought, einvoice_status="active")))
        driver = driver if bought else driver.press("start:buy")
        for step in driver.journey.steps:
            if step.expects in VALUES and driver.journey.askable(step, driver.case, driver.context(driver.case)):
                opened = driver.copied()
                opened.case = replace(opened.case, talk=replace(opened.case.talk, revising=step.path))
                if opened.at == step.path:
                    yield opened, step.name, step.expects


def hears(driver: Driver, name: str, text: str) -> dict[str, object]:
    """What a sentence changes: the slots that differ, and the commands with an address."""
    before, acts = driver.case, len(driver.acts)
    driver.happen(
        hearing(name).hear(Inbound(Channel.REST, "s", "k", Text(text)), driver.step, driver.context(before)).said
    )
    slots: dict[str, object] = {
        f"{part}.{slot}": value
        for part in PARTS
        for slot, value in asdict(getattr(driver.case, part)).items()
        if value != asdict(getattr(before, part))[slot]
    }
    return {**slots, **{type(one).__name__: one for one in driver.acts[acts:]}}


@table("name, locale", [(name, locale) for name, locales in SELLERS.items() for locale in locales])
def test_the_label_of_the_open_question_with_a_value_is_its_answer(name: str, locale: str) -> None:
    renderer, known = profile(name).renderer(), 0
    for driver, step, kind in asked(name, locale):
        label = renderer.words(f"label.{step}", {}, locale) if renderer.has(f"label.{step}", locale) else ""
        for how in IS[locale] if label else ():
            one, bare = driver.copied(), driver.copied()
            said = f"{label}{'' if how == ':' else ' '}{how} {VALUES[kind]}"
            assert set(hears(one, name, said)) == set(hears(bare, name, VALUES[kind])), f"{said!r} at {step}"
            known += 1
    assert known or name == "vectra"


NAMES = {
    "pl": ("nazwa firmy jest zła, powinno być {}", "zmień nazwę firmy na {}", "nazwa firmy to {}"),
    "it": ("la ragione sociale va cambiata in {}", "il nome dell'azienda è sbagliato, è {}", "la ragione sociale è {}"),
    "en": ("the company name is wrong, it should be {}", "change the company name to {}", "the company name is {}"),
}


@table(
    "locale, said",
    [(locale, said.format(to)) for locale, of in NAMES.items() for said in of for to in ("Lontra Plus", "Sopot")],
)
def test_the_name_of_the_company_fills_no_other_answer(locale: str, said: str) -> None:
    name, driver = at("confirm", locale)
    assert {one for one in hears(driver, name, said) if one.startswith("company.") and one != "company.name"} <= {
        "company.source",
        "company.check",
        "company.found",
        "company.statement",
    }


MIXED = {
    "pl": ("ulica Polna 3, kod 30-059, a ile to trwa?", "ile to trwa? ulica Polna 3, kod 30-059"),
    "it": ("via Verdi 7, cap 30-059, quanto ci vuole?", "la via è via dei Giardini 17, cap 30-059 e quanto costa?"),
    "en": ("street Elm Street 7, code 30-059, how long does it take?", "Elm Street 7, 30-059 and what does it cost?"),
}


@table("locale, said", [(locale, said) for locale, of in MIXED.items() for said in of])
def test_a_question_beside_an_address_leaves_none_of_it_out(locale: str, said: str) -> None:
    name, driver = at("confirm", locale)
    changed = hears(driver, name, said)
    assert ("company.street" in changed) is ("company.postal_code" in changed)


@table(
    "said, street",
    [
        ("via dei Giardini 17 e il cap 30-059 poi tutto ok", "via dei Giardini 17"),
        ("siamo in via dei Giardini 17 adesso, non piu li", "via dei Giardini 17"),
        ("l'indirizzo è via della Libertà 5", "via della Libertà 5"),
        ("nasz adres to ul. Na Skarpie 3", "ul. Na Skarpie 3"),
        ("zmień ulicę na Polną 3", "Polna 3"),
        ("Zmień Długą na Kwiatową 9", "ul. Kwiatowa 9"),
        ("biuro jest w Sopocie przy Kwiatowej 9", "Kwiatowa 9"),
        ("our address is Straße des 17. Juni 5", "Straße des 17. Juni 5"),
        ("the street is An der Mühle 2", "An der Mühle 2"),
    ],
)
def test_a_street_is_its_whole_name_and_no_more(said: str, street: str) -> None:
    name, driver = at("confirm", "it" if "via" in said else "en" if "is" in said else "pl")
    assert hears(driver, name, said)["company.street"] == street


SECOND = {
    "pl": ("a teraz ta druga firma 9876543210", "mam jeszcze drugą firmę, NIP 9876543210"),
    "it": ("e l'altra azienda è 12345670363", "la seconda ditta ha partita iva 12345670363"),
    "en": ("and my other company is 9876543210", "also for the second company 9876543210"),
}


@table("locale, said", [(locale, said) for locale, of in SECOND.items() for said in of])
def test_the_number_of_a_second_company_is_asked_about(locale: str, said: str) -> None:
    name, driver = at("confirm", locale)
    assert hears(driver, name, said) == {}
    assert driver.heard[:1] == ["offered.doubted"]


def test_a_number_that_is_said_to_be_wrong_is_replaced() -> None:
    name, driver = at("confirm", "pl")
    assert hears(driver, name, "nie ta firma, druga: 9876543210")["company.tax_number"] == "9876543210"
