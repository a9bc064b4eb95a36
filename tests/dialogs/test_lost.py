"""Every specimen of a conversation, under a profile that has lost something of it: it stands somewhere, and goes on."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from dialogs.lost import fit_case
from dialogs.state import ConversationState, Offer, Reminder, Renewal
from dialogs.versions import dump, load
from tests.dialogs.driver import NOW, SELLER, Driver
from tests.nightly import portion
from tests.specimens.stored import once_each, read_driver
from tests.table import table
from values.meaning import Intent, NavigationCommand, Press
from values.renewal import Program
from values.seller import Plan, Seller

ANOTHER = (Plan("other", 10000), Plan("third", 20000))


def losses() -> Iterator[tuple[str, Seller]]:
    yield "plan", replace(SELLER, plans=ANOTHER)
    yield "plan with a cart", replace(SELLER, plans=ANOTHER, dialogs=("cart", *SELLER.dialogs))
    yield "all methods but one", replace(SELLER, methods=("transfer",))
    yield "consents", replace(SELLER, consents=())
    yield "documents", replace(SELLER, documents=(SELLER.document("einvoice"),))
    yield "entries", replace(SELLER, entries=("log_in",))
    yield "language", replace(SELLER, locales=("de",))
    for gone in ("einvoice", "payment"):
        left = tuple(name for name in SELLER.dialogs if name not in (gone, "einvoice"))
        yield f"dialog {gone}", replace(SELLER, dialogs=left)


LOSSES = dict(losses())


@pytest.mark.parametrize("loss", LOSSES)
@table("specimen", portion(once_each(), 3))
def test_a_conversation_goes_on_under_a_profile_that_has_lost_something(specimen: Mapping[str, Any], loss: str) -> None:
    seller, known = LOSSES[loss], read_driver(specimen)
    fit = fit_case(known.case, seller, lambda _key: True)
    assert fit_case(fit, seller, lambda _key: True) is fit, "nothing is lost twice"
    assert load(dump(fit)) == fit
    for said in (
        Intent("ask_price", 1.0),
        NavigationCommand("help"),
        NavigationCommand("back"),
        Press("zone:home"),
        NavigationCommand("restart"),
    ):
        driver = Driver(seller, fit, stand_in=known.stand_in)
        driver.say(said)
        assert driver.said or driver.asked or driver.calls or fit.muted, said


def test_what_is_lost_is_said_once() -> None:
    case = structs.replace(
        ConversationState(),
        order=structs.replace(ConversationState().order, method="blik"),
        talk=structs.replace(ConversationState().talk, locale="it"),
    )
    fit = fit_case(case, replace(SELLER, methods=("card",), locales=("pl",)), lambda _key: True)
    assert fit.order.method is None
    assert (fit.talk.locale, fit.talk.gone) == ("pl", (("option.method.blik", ""), ("kit.gone_language", "")))


def test_the_very_same_where_nothing_is_lost() -> None:
    case = structs.replace(ConversationState(), order=structs.replace(ConversationState().order, method="blik"))
    assert fit_case(case, SELLER, lambda _key: True) is case


def test_programs_that_are_lost_leave_the_cart_and_the_reminder() -> None:
    renewal = Renewal(begun=True, seen=(("old", NOW),), suggested="old", picked=("old", "new"), cart="confirm")
    reminder = Reminder(Offer("old", NOW), "now", reminded=True)
    case = structs.replace(ConversationState(), renewal=renewal, reminder=reminder)
    fit = fit_case(case, replace(SELLER, programs=(Program("new", "standard"),)), lambda _key: True)
    assert fit.renewal == Renewal(begun=True, seen=renewal.seen, picked=("new",))
    assert fit.reminder == Reminder(reminded=True)
    assert fit.talk.gone == (("word.unlisted", "old"),)
    assert not fit_case(case, SELLER, lambda _key: True).renewal.begun


def test_an_answer_that_the_faq_has_no_more_is_not_repeated() -> None:
    case = structs.replace(ConversationState(), talk=structs.replace(ConversationState().talk, told="faq:refunds"))
    assert fit_case(case, SELLER, lambda key: key != "faq.refunds").talk.told is None
    assert fit_case(case, SELLER, lambda _key: True) is case
