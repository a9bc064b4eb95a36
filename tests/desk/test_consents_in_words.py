"""The books hold the consents that presses and words gave: random histories, and what a consent taken back leads to."""

import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Scripted
from tests.kit.talks import plays

EMAIL, PHONE = frozenset({"marketing_email"}), frozenset({"marketing_phone"})
REQUIRED = frozenset({"privacy", "data_processing"})
ALL = REQUIRED | EMAIL | PHONE
Ticks = frozenset[str]


# What is said or pressed at the question, with the ticks that it leaves; and those that answer it, with what they give.
TICKS: dict[str, Callable[[Ticks], Ticks]] = {
    "consents:toggle:marketing_email": lambda t: t ^ EMAIL,
    "consents:toggle:marketing_phone": lambda t: t ^ PHONE,
    "consents:toggle:privacy": lambda t: t ^ {"privacy"},
    "zgadzam się na nowości e-mailem": lambda t: t | EMAIL,
    "I agree to news by phone": lambda t: t | PHONE,
    "może newsletter": lambda t: t,
    "czy muszę zgodzić się na marketing?": lambda t: t,
    "nie zgadzam się": lambda t: t,
    "żona chce newsletter": lambda t: t,
    "nie chcę newslettera": lambda t: t - EMAIL,
    "no marketing": lambda t: t - EMAIL - PHONE,
    "non voglio le novità per telefono": lambda t: t - PHONE,
}
GIVES: dict[str, Callable[[Ticks], Ticks]] = {
    "consents:required": lambda _: REQUIRED,
    "consents:all": lambda _: ALL,
    "tylko wymagane": lambda _: REQUIRED,
    "akceptuję tylko obowiązkowe": lambda _: REQUIRED,
    "solo obbligatori": lambda _: REQUIRED,
    "te dwie pierwsze": lambda _: REQUIRED,
    "zgadzam się na wymagane i newsletter": lambda _: REQUIRED | EMAIL,
    "required and news by phone": lambda _: REQUIRED | PHONE,
    "wszystko oprócz telefonu": lambda _: REQUIRED | EMAIL,
    "everything except phone": lambda _: REQUIRED | EMAIL,
    "zgadzam się na wszystko": lambda _: ALL,
    "tak": lambda t: REQUIRED | t,
    "I agree": lambda t: REQUIRED | t,
    "tak, ale bez telefonu": lambda t: (REQUIRED | t) - PHONE,
    "bez marketingu": lambda t: (REQUIRED | t) - EMAIL - PHONE,
}
# What is said or pressed at the steps that follow, with what of the consents it ends.
ENDS: dict[str, Ticks] = {
    "cofam zgodę na marketing": EMAIL | PHONE,
    "wypiszcie mnie z newslettera": EMAIL,
    "nie chcę reklam przez telefon": PHONE,
    "nie zgadzam się na telefony od was": PHONE,
    "revoco il consenso al marketing": EMAIL | PHONE,
    "unsubscribe me from the newsletter": EMAIL,
    "stop spamming me": EMAIL | PHONE,
    "consents:withdraw:marketing_phone": PHONE,
    "cofam zgodę": frozenset(),
    "unsubscribe": frozenset(),
    "wypisz mnie": frozenset(),
    "cofam zgodę na przetwarzanie danych": frozenset(),
    "nie cofam zgody na marketing": frozenset(),
    "jak cofnąć zgodę na marketing?": frozenset(),
    "żona nie chce reklam": frozenset(),
    "wyłącz e-faktury": frozenset(),
}


async def standing(desk: Running, customer: Scripted) -> Ticks:
    card = await desk.card(customer.person.email)
    return frozenset(one["id"] for one in card["consents"] if one["withdrawn_at"] is None) & ALL


async def answer(customer: Scripted, chance: Random) -> Ticks:
    """Ticks and unticks, then answers the question; returns what that gives."""
    ticked: Ticks = frozenset()
    for said in chance.choices(tuple(TICKS), k=chance.randrange(5)):
        await customer.customer.say(said)
        assert customer.customer.expects == "consents", (said, customer.customer.said[-1])
        ticked = TICKS[said](ticked)
    said = chance.choice(tuple(GIVES))
    await customer.customer.say(said)
    assert customer.customer.at == "contact.phone", (said, customer.customer.said[-1])
    return GIVES[said](ticked)


@on_each_database
async def test_the_books_hold_what_presses_and_words_gave(desk: Running) -> None:
    for seed in range(12):
        await gives_and_takes_back(desk, Random(seed))


async def gives_and_takes_back(desk: Running, chance: Random) -> None:
    customer = await Scripted(desk).run("consents")
    expected = await answer(customer, chance)
    assert await standing(desk, customer) == expected
    for said in chance.choices(tuple(ENDS), k=3):
        await customer.customer.say(said)
        expected -= ENDS[said]
        assert await standing(desk, customer) == expected, (said, customer.customer.said[-1])
        assert customer.customer.expects == "phone", said
    assert expected >= REQUIRED


GIVEN = "consents:all"
#: What is said from the question on, where that leads, and how the answer to the last of it begins.
TOLD: tuple[tuple[tuple[str, ...], str, str], ...] = (
    # One that ends is told by its name.
    ((GIVEN, "cofam zgodę na marketing"), "phone", "Wycofane: Nowości e-mailem i Nowości przez telefon."),
    (
        (GIVEN, "wypisz mnie z newslettera", "wypisz mnie z newslettera"),
        *("phone", "Nie masz tej zgody, więc nie ma czego wycofywać: Nowości e-mailem."),
    ),
    # One is asked for where none is named.
    ((GIVEN, "cofam zgodę"), "phone", "Którą zgodę wycofać?"),
    # A no to the voluntary ones gives the required ones, and names them.
    (("bez marketingu",), "phone", "Twoje zgody: Dane osobowe (wymagane) i Dane z faktur (wymagane)."),
    # A sentence that only refuses consents to nothing, and is answered.
    (("nie chcę reklam ani telefonów",), "consents", "Nie zaznaczam: Nowości e-mailem i Nowości przez telefon."),
    # A tick that an answer leaves out is named.
    (("consents:toggle:marketing_email", "zgadzam się na obowiązkowe"), *("phone", "Nie zaznaczam: Nowości e-mailem.")),
    # The boxes sent empty: those without which there is no account.
    (
        ("consents:done",),
        *("consents", "Bez tych zgód nie da się założyć konta: Dane osobowe (wymagane) i Dane z faktur (wymagane)."),
    ),
)


async def test_what_was_given_left_out_and_taken_back_is_told_by_its_name(desk: Running) -> None:
    for said, stands, begins in TOLD:
        customer = await Scripted(desk).run("consents")
        told = await plays(customer, *((one, "") for one in said))
        assert (customer.customer.expects, told[: len(begins)]) == (stands, begins), said
        if said[-1] == "cofam zgodę":
            named = {"consents:withdraw:marketing_email", "consents:withdraw:marketing_phone"}
            assert named <= {*customer.customer.buttons}


@pytest.mark.stage("consents")
async def test_a_required_one_ends_the_account_only_once_that_is_confirmed(desk: Running, buyer: Scripted) -> None:
    told = await plays(
        buyer, (GIVEN, ""), ("cofam zgodę na przetwarzanie danych", "phone", "Na razie nic się nie zmienia")
    )
    assert re.search("(jej|ich) wycofanie kończy konto", told)
    assert "zone:erase" in buyer.customer.buttons


async def test_a_withdrawal_keeps_its_hour_and_that_it_was_said(desk: Running) -> None:
    customer = await Scripted(desk).run("consents")
    await customer.customer.say("consents:all")
    before: Any = await desk.now()
    await customer.customer.say("nie chcę reklam przez telefon")
    (phone,) = [one for one in (await desk.card(customer.person.email))["consents"] if one["id"] == "marketing_phone"]
    assert phone["withdrawn_at"] >= before.isoformat()[:19]


@pytest.mark.stage("paid")
async def test_e_invoices_end_by_the_words_that_name_them_alone(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    assert customer.at == "zone.zone"
    for said in ("cofam zgodę na marketing", "stop spamowi", "cofam zgodę"):
        await customer.say(said)
        assert "E-faktury są wyłączone" not in customer.said[-1], said
    await customer.say("Wyłącz e-fakturę")
    assert "E-faktury są wyłączone" in customer.said[-1]
