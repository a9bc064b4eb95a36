"""Forwarded words, and what another bot put in: they fill values, and bind, wipe and change nothing."""

import tomllib
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from bot.conversation.inbound import PLAIN, Inbound, Provenance, Text
from dialogs.kit import TalkState
from dialogs.kit.second_hand import SECOND_HAND
from dialogs.messages import payment
from dialogs.state import ConversationState, Feedback
from tests.architecture.rooms import ROOT
from tests.bot.conversation import uttered
from tests.dialogs.driver import Driver
from tests.journeys.teller import hearing
from values.channel import Channel

FORWARDED = Provenance(second_hand=True)
SENTENCES = tomllib.loads((ROOT / "tests/bot/conversation/second_hand.toml").read_text(encoding="utf-8"))


def sentences(half: str, kind: str) -> Iterator[tuple[str, str, str]]:
    for lang, steps in SENTENCES[half][kind].items():
        for step, texts in steps.items():
            yield from ((lang, step, text) for text in texts)


def at(step: str, lang: str) -> tuple[str, Driver]:
    """A customer at a step, or with all behind them in the zone."""
    name, driver = uttered.at("pay" if step == "zone" else step, lang)
    if step == "zone":
        driver.press("pay:now")
        driver.happen(payment.PaymentNoticed(driver.placed.payment_id or "", 1, {}))
        driver.press("einvoice:later")
        assert driver.at == "zone.zone"
    driver.said.clear()
    driver.acts.clear()
    driver.calls.clear()
    return name, driver


def answers(case: ConversationState) -> ConversationState:
    """All but the manners of the talk, and which answer of the FAQ was told."""
    return replace(case, talk=TalkState(), feedback=Feedback())


def given(case: ConversationState) -> tuple[object, ...]:
    """Return the consents and the order that somebody has given."""
    order = case.order
    return (order.terms, order.clauses, order.auto_renewal is True, order.id, case.account.consents)


def heard(step: str, lang: str, text: str, around: Provenance) -> tuple[Driver, bool]:
    """The customer after these words, and whether they did something."""
    name, driver = at(step, lang)
    before, stood = answers(driver.case), driver.at
    inbound = Inbound(Channel.TELEGRAM, "s", "k", Text(text), provenance=around)
    driver.happen(hearing(name).hear(inbound, driver.step, driver.context(driver.case)).said)
    wrote = [act for act in driver.acts if not act.reads_only]
    talk = driver.case.talk
    moved = driver.at != stood or talk.revising or talk.editing or talk.locale != lang
    return driver, bool(answers(driver.case) != before or wrote or driver.calls or moved)


@pytest.mark.parametrize("half", ["first", "second"])
def test_somebody_elses_words_do_nothing(half: str) -> None:
    wrong: list[tuple[str, ...]] = []
    for lang, step, text in sentences(half, "acts"):
        driver, did = heard(step, lang, text, FORWARDED)
        _, does = heard(step, lang, text, PLAIN)
        if did or (does and SECOND_HAND not in driver.said):
            wrong.append((lang, step, text, "did" if did else "unsaid", *driver.said))
    assert wrong == []


@pytest.mark.parametrize("half", ["first", "second"])
def test_values_in_them_are_as_good_as_typed_ones(half: str) -> None:
    wrong: list[tuple[str, ...]] = []
    for lang, step, text in sentences(half, "values"):
        driver, _ = heard(step, lang, text, FORWARDED)
        own, does = heard(step, lang, text, PLAIN)
        if not does or answers(driver.case) != answers(own.case) or SECOND_HAND in driver.said:
            wrong.append((lang, step, text, str(does), *driver.said))
    assert wrong == []


def test_a_way_to_pay_that_is_not_taken_is_told_of_by_its_name() -> None:
    driver, did = heard("method", "pl", "przelewem", FORWARDED)
    assert (did, driver.said) == (False, ["order.method_unsold"])


def test_own_words_afterwards_bind() -> None:
    name, driver = at("pay", "pl")
    for around in (FORWARDED, PLAIN):
        assert driver.case.order.id is None
        inbound = Inbound(Channel.TELEGRAM, "s", "k", Text("zamawiam i płacę"), provenance=around)
        driver.happen(hearing(name).hear(inbound, driver.step, driver.context(driver.case)).said)
    assert driver.case.order.id is not None


def test_words_of_every_kind_that_were_spoken_bind_as_little_when_they_are_forwarded() -> None:
    """The sets of spoken words, typed: only values may follow from them."""
    bound: list[tuple[str, ...]] = []
    for lang in ("pl", "it", "en"):
        for one in uttered.utterances(f"held_out_{lang}"):
            name, driver = uttered.at(one.step, lang)
            before = driver.case
            inbound = Inbound(Channel.TELEGRAM, "s", "k", Text(one.words), provenance=FORWARDED)
            driver.happen(hearing(name).hear(inbound, driver.step, driver.context(before)).said)
            if given(driver.case) != given(before):
                bound.append((lang, one.step, one.words))
    assert bound == []
