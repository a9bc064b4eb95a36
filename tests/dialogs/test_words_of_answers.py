"""Every way by which an answer in words is given passes one judgement: what is said around it is never stored."""

from collections.abc import Callable

from bot.texts.toml_tables import common
from dialogs.journey import ALL, journey
from dialogs.kit import Corrected, Said
from dialogs.messages.company import CompanyUnknown, LookUpCompany
from tests.dialogs.driver import Driver, contact_proven
from tests.table import table
from values.meaning import Answer, Correction, Fact, Intent

STEPS = ("company_name", "street", "postal_code", "city")
GIVEN = {"company_name": "Lipa sp. z o.o.", "street": "Leśna 1", "postal_code": "80-831", "city": "Gdańsk"}
SLOTS = {"company_name": "name", "street": "street", "city": "city"}
TOLD = {
    "company_name": ("nazwa firmy to jednak Alfa Plus", "Alfa Plus"),
    "street": ("ulica nazywa się teraz Polna 3", "Polna 3"),
    "city": ("to Poznań jest, nie Gdańsk", "Poznań"),
}
DOUBTED = {
    "company_name": ("kurierzy znają nas tak: nazwa to Alfa Plus", "Alfa Plus"),
    "street": ("kurierzy mają podjechać na Polna 3", "Polna 3"),
    "city": ("mieszkam teraz koło Sopotu Górnego", "Sopotu Górnego"),
}
Way = Callable[[Driver, str, str], Driver]


def asked(step: str) -> Driver:
    """A customer whom the desk asks for a part of the company's data."""
    customer = contact_proven().given(LookUpCompany, CompanyUnknown()).write("8123456782")
    for name in STEPS[: STEPS.index(step)]:
        customer.write(GIVEN[name])
    assert customer.at == f"company.{step}"
    return customer


def shown(_step: str) -> Driver:
    """A customer to whom the data are shown."""
    customer = contact_proven().given(LookUpCompany, CompanyUnknown()).write("8123456782", *GIVEN.values())
    assert customer.at == "company.confirm"
    return customer


def _typed(customer: Driver, _step: str, text: str) -> Driver:
    return customer.say(Answer(text))


def _corrected(customer: Driver, step: str, text: str) -> Driver:
    return customer.say(Correction(step, text))


def _told_beside(customer: Driver, step: str, text: str) -> Driver:
    fact = Fact(step, text, corrects=True)
    return customer.hear(Said(Intent("inform", 1.0, (), text), typed=True, facts=(fact,)))


def _in_the_menu(customer: Driver, step: str, text: str) -> Driver:
    return customer.press(f"edit:{step}").say(Answer(text))


def _edited(customer: Driver, step: str, text: str) -> Driver:
    before = (Fact(step, GIVEN[step]),)
    said = Said(Intent("inform", 1.0, (), text), typed=True, edited=True, before=before, facts=(Fact(step, text),))
    return customer.hear(said)


WAYS = [
    *((asked, way, step) for way in (_typed, _told_beside) for step in SLOTS),
    *((shown, way, step) for way in (_corrected, _told_beside, _in_the_menu, _edited) for step in SLOTS),
]


@table(("reach", "way", "step"), WAYS)
def test_the_words_around_an_answer_are_left_out(reach: Callable[[str], Driver], way: Way, step: str) -> None:
    text, value = TOLD[step]
    assert getattr(way(reach(step), step, text).firm, SLOTS[step]) == value


@table(("reach", "way", "step"), WAYS)
def test_doubted_answer_is_offered_and_taken_by_its_button(reach: Callable[[str], Driver], way: Way, step: str) -> None:
    text, value = DOUBTED[step]
    customer = reach(step)
    before = getattr(customer.firm, SLOTS[step])
    way(customer, step, text)
    assert getattr(customer.firm, SLOTS[step]) == before
    assert "offered.doubted" in customer.heard

    customer.press("offered:take")
    assert getattr(customer.firm, SLOTS[step]) == value


@table("step", list(SLOTS))
def test_a_doubted_answer_is_taken_by_a_yes(step: str) -> None:
    text, value = DOUBTED[step]
    customer = _corrected(shown(step), step, text).write("tak")
    assert (customer.at, getattr(customer.firm, SLOTS[step])) == ("company.confirm", value)
    assert customer.firm.confirmed is None


@table("step", list(SLOTS))
def test_what_an_agent_writes_isnt_doubted(step: str) -> None:
    text = DOUBTED[step][0]
    assert getattr(shown(step).hear(Corrected(f"company.{step}", text)).firm, SLOTS[step]) == text


def test_words_without_a_value_open_the_step_again() -> None:
    customer = _corrected(shown("street"), "street", "nie wiem czy to ta")
    assert (customer.at, customer.firm.street) == ("company.street", GIVEN["street"])


@table("locale", ["pl", "it", "en"])
def test_every_step_whose_answer_is_said_back_has_its_words(locale: str) -> None:
    texts = common(locale)
    steps = [step for step in journey(tuple(ALL)).steps if step.slots and step.manners.said_back]
    told = [step for step in steps if step.effect is None and not step.elsewhere]

    assert [step.path for step in told if not {f"label.{step.name}", f"edit.{step.name}"} <= set(texts)] == []
