"""A person takes part, as transcripts that a person can read: tests/journeys/transcripts/people.txt.

`@` is what somebody at the desk does; what stands in brackets the customer isn't told.
"""

from dataclasses import dataclass

import pytest

from dialogs.explorer.outcomes import outcomes
from dialogs.explorer.samples import MOMENT
from dialogs.handoff.handoff import UNANSWERED
from dialogs.kit import Corrected
from dialogs.messages.company import LookUpCompany
from dialogs.messages.handoff import AgentLeft, AgentSpoke, AgentTook, HumanRequested, RequestHuman
from dialogs.messages.payment import PaymentNoticed
from tests.journeys.scenes import Scene
from tests.journeys.teller import hold_to
from values.rules import GIVE_UP

TOOK = AgentTook("agent-anna", "Anna")


@dataclass(frozen=True)
class Lines:
    """What the two say to each other, besides the customer's usual words."""

    short: str
    lost: str
    helps: str
    thanks: str
    hello: str


LINES = {
    "pl": Lines(
        "123-456-32-1",
        "naprawdę nie wiem, jaki to numer",
        "Widzę, że brakuje ostatniej cyfry. Sprawdziłam w rejestrze i wpisałam za Państwa.",
        "dziękuję bardzo",
        "halo, jest tam kto?",
    ),
    "it": Lines(
        "123-456-32-1",
        "non so proprio quale numero sia",
        "Vedo che manca l’ultima cifra. Ho controllato nel registro e l’ho scritta io.",
        "grazie mille",
        "pronto, c’è qualcuno?",
    ),
    "en": Lines(
        "123-456-32-1",
        "I really don’t know which number that is",
        "I see the last digit is missing. I’ve looked it up in the register and filled it in for you.",
        "thank you very much",
        "hello, is anybody there?",
    ),
}


def stuck_at_the_number(scene: Scene, lines: Lines) -> None:
    scene.scene("Stuck at the tax number: a person takes the talk over, puts the number right, gives it back")
    scene.contact_proven()
    scene.will(RequestHuman, HumanRequested(MOMENT, first=True, place=2, wait_minutes=3))
    scene.write(lines.short, lines.short, lines.short)
    scene.tell("human")
    scene.person("Anna takes the talk", TOOK)
    scene.write(lines.lost)
    scene.person(f"Anna: {lines.helps}", AgentSpoke("a-anna", "Anna"))
    scene.later(LookUpCompany)
    scene.person("Anna corrects the tax number: 123-456-32-1", Corrected("company.tax_number", "123-456-32-1"))
    scene.person("Anna corrects the tax number: 123-456-32-18", Corrected("company.tax_number", "123-456-32-18"))
    scene.hold.clear()
    scene.comes("the register answers", LookUpCompany, outcomes(LookUpCompany("PL", "1234563218"))[0])
    scene.write(lines.thanks)
    scene.person("Anna gives the talk back", AgentLeft())
    assert scene.at == "company.confirm"
    scene.tap("right")


def money_meanwhile(scene: Scene, lines: Lines) -> None:
    scene.scene("The money comes while a person has the talk")
    scene.ordered()
    scene.person("Anna takes the talk", TOOK)
    scene.write(lines.hello)
    scene.happens("the provider's notice comes, and is confirmed", PaymentNoticed(scene.placed.payment_id or "", 1, {}))
    scene.person("Anna is done", AgentLeft(done=True))
    assert scene.at == "einvoice.einvoice"


def nobody_answers(scene: Scene, lines: Lines) -> None:
    scene.scene("The person is gone: back into the queue, and the talk may go on")
    scene.contact_proven()
    scene.person("Anna takes the talk", TOOK)
    scene.write(lines.hello)
    scene.passes("ten minutes pass", UNANSWERED)
    scene.write("123-456-32-18")
    assert scene.at == "company.confirm"


def nobody_comes(scene: Scene, lines: Lines) -> None:
    scene.scene("Nobody comes for a week: the talk goes on, a person can be asked for again")
    scene.contact_proven()
    scene.tell("human")
    scene.passes("a week passes without a word", GIVE_UP)
    scene.person("Anna takes the talk", TOOK)
    scene.person(f"Anna: {lines.helps}", AgentSpoke("a-anna", "Anna"))
    scene.passes("a week passes without a word", GIVE_UP)
    scene.write("123-456-32-18")
    assert scene.at == "company.confirm"


def nobody_is_there(scene: Scene, _lines: Lines) -> None:
    scene.scene("Asked for at night")
    scene.contact_proven()
    scene.will(RequestHuman, HumanRequested(MOMENT, first=True, opens_at=MOMENT))
    scene.tell("human")


@pytest.mark.parametrize("locale", sorted(LINES))
def test_the_transcripts_stand(locale: str) -> None:
    scene = Scene("fakturasmart", locale)
    for told in (stuck_at_the_number, money_meanwhile, nobody_answers, nobody_comes, nobody_is_there):
        told(scene, LINES[locale])
    hold_to("people", locale, scene.transcript)
