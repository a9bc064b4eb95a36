"""Each value beside each wish, question and act, in both orders: all are heard, and the act binds nobody.

Heard by the whole desk where data are shown and on the order's card.
"""

from collections.abc import Iterator
from itertools import product

import pytest

from bot.conversation.inbound import Inbound, Text
from dialogs.kit import Said, options_of
from tests.nlu.metamorphic.relation import LANGUAGES, customer, held
from values.channel import Channel
from values.meaning import Correction, Discount, Faq, Intent, NavigationCommand, Press

VALUES = {
    "pl": {"method": "płatność kartą", "discount_code": "kod START20", "street": "ulica to Polna 3"},
    "it": {"method": "pago con carta", "discount_code": "codice START20", "street": "la via è Polna 3"},
    "en": {"method": "payment by card", "discount_code": "code START20", "street": "the street is Polna 3"},
}
BESIDES = {
    "pl": {"agent": "połącz mnie z konsultantem", "trial": "czy jest okres próbny?", "lang": "mówmy po angielsku"},
    "it": {"agent": "fammi parlare con una persona", "trial": "c'è un periodo di prova?", "lang": "parliamo inglese"},
    "en": {"agent": "let me talk to a human", "trial": "is there a trial?", "lang": "let's speak Polish"},
}
ACTS = {
    "pl": {"pay:now": "zamawiam", "terms:accept": "akceptuję regulamin"},
    "it": {"pay:now": "ordino", "terms:accept": "accetto le condizioni"},
    "en": {"pay:now": "I order", "terms:accept": "I accept the terms"},
}
PLACES = {"confirm": ("street", "method"), "method": ("method", "discount_code"), "pay": ("method", "discount_code")}
"""What is told at a step: of what is shown, and of what comes."""
OF_ACTS = {"method": ("terms:accept", "pay:now"), "pay": ("pay:now",)}
JOINTS = {"pl": (", ", " i ", ". "), "it": (", ", " e ", ". "), "en": (", ", " and ", ". ")}
_TRIAL = "c'è un periodo di prova?"
KNOWN = frozenset(
    {
        "pl\tconfirm\tpłatność kartą, czy jest okres próbny?\tmethod",
        "pl\tconfirm\tpłatność kartą i czy jest okres próbny?\tmethod",
        "en\tconfirm\tpayment by card, is there a trial?\tmethod",
        "en\tconfirm\tpayment by card and is there a trial?\tmethod",
        f"it\tconfirm\tpago con carta, {_TRIAL}\tmethod",
        f"it\tconfirm\tpago con carta e {_TRIAL}\tmethod",
        f"it\tconfirm\tla via è Polna 3 e {_TRIAL}\tstreet, trial",
        *(f"it\t{step}\tpago con carta e {_TRIAL}\tmethod" for step in ("method", "pay")),
        *(f"it\t{step}\tcodice START20 e {_TRIAL}\ttrial" for step in ("method", "pay")),
    }
)
"""A way to pay before it is asked for is a fact, and none is found in a message that asks; "c'è" begins statements,
too, so that no question is parted there by a mere "e"."""


def hear(step: str, lang: str, text: str) -> Said:
    desk, here, ctx = customer(step, lang)
    return desk.hear(Inbound(Channel.REST, "sender", "key", Text(text)), here, ctx).said


def names(said: Said) -> Iterator[str]:
    """Yield what a message gives, wants and asks, by names."""
    yield from (str(fact.kind) for fact in said.facts)
    for meaning in (said.meaning, *said.also):
        match meaning:
            case Correction(what, str()):
                yield what
            case Discount():
                yield "discount_code"
            case Press(payload):
                yield from (payload, payload.partition(":")[0])
            case Faq("trial_period"):
                yield "trial"
            case Intent("talk_to_agent") | NavigationCommand("agent"):
                yield "agent"
            case Intent("change_language") | NavigationCommand("lang"):
                yield "lang"
            case _:
                pass


def both(one: str, other: str, lang: str) -> Iterator[str]:
    """Yield two sentences as one message, in both orders; a question closes its own sentence."""
    for joint in JOINTS[lang]:
        yield f"{one}{joint}{other}"
        yield f"{other} {one}" if other.endswith("?") else f"{other}{joint}{one}"


def unheard(lang: str, step: str) -> Iterator[str]:
    for kind, (besides, other) in product(PLACES[step], (*BESIDES[lang].items(), *_acts(lang, step))):
        for text in both(VALUES[lang][kind], other, lang):
            if missing := {kind, besides} - {*names(hear(step, lang, text))}:
                yield "\t".join((lang, step, text, ", ".join(sorted(missing))))


def _acts(lang: str, step: str) -> tuple[tuple[str, str], ...]:
    return tuple((act, ACTS[lang][act]) for act in OF_ACTS.get(step, ()))


@pytest.mark.parametrize("step", PLACES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_value_beside_a_wish_a_question_or_an_act_is_heard_with_it(lang: str, step: str) -> None:
    held(unheard(lang, step), {line for line in KNOWN if line.startswith(f"{lang}\t{step}\t")})


@pytest.mark.parametrize("step", OF_ACTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_act_beside_a_value_binds_nobody(lang: str, step: str) -> None:
    _, here, ctx = customer(step, lang)
    binding = {option.payload for option in options_of(here, ctx) if option.binds is not None}
    for kind, (_, act) in product(PLACES[step], _acts(lang, step)):
        first = [hear(step, lang, text).meaning for text in both(VALUES[lang][kind], act, lang)]
        assert not any(isinstance(one, Press) and one.payload in binding for one in first)
