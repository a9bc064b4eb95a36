"""Every shipped seller loses what its profile has, one thing after the other, under customers at every step: nobody is
stuck, nothing is said without words, and whoever is in the middle comes to the end."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pytest
import structlog
from msgspec import structs
from msgspec.structs import replace

from bot.checking.second_life import life
from bot.checking.second_life.customer import LifeCustomer, LifePlace
from bot.checking.second_life.expected_books import life_books
from bot.conversation.render import Renderer
from bot.conversation.replies import compose_message
from bot.texts.text import Text, parse
from dialogs.explorer.fates import usual
from dialogs.explorer.samples import MOMENT
from dialogs.kit import Event, Said, decide
from dialogs.kit.play import Outcome
from dialogs.lost import fit_case
from dialogs.state import ConversationState
from tests.architecture.rooms import ROOT
from tests.shipped import profile
from values.meaning import Expects, Intent, NavigationCommand, Press
from values.seller import Plan, Seller

SELLERS = sorted(path.parent.name for path in (ROOT / "profiles").glob("*/profile.toml"))
WISHES = (*life.FIRST, *life.ORDERING)
DIALOGS = ("cart", "einvoice", "orderer", "reminder", "lost_password")
"""Those that a profile may do without, whatever else it has."""
ANOTHER = {f"{key}.another": parse("Another plan") for key in ("plan", "offer")}
SAID = (
    Intent("ask_price", 1.0),
    Intent("ask_end", 1.0),
    *(NavigationCommand(name) for name in ("help", "back", "restart", "cancel", "agent")),
    Press("zone:home"),
)


class Remembering(LifeCustomer):
    """Keeps each place that somebody comes by."""

    def __init__(self, seller: Seller, *_: object) -> None:
        super().__init__(seller)
        self.places: dict[tuple[str, bool], LifePlace] = {}

    def happen(self, place: LifePlace, event: Event) -> LifePlace:
        after = super().happen(place, event)
        self.places.setdefault((self.at(after).path, after.case.payment.told == "paid"), after)
        return after


@dataclass(frozen=True)
class Loss:
    """What is left of a profile: the seller, and the texts' beginnings that went with what it lost."""

    name: str
    seller: Seller
    texts: tuple[str, ...] = ()


@cache
def places(name: str) -> tuple[LifePlace, ...]:
    """Where this seller's customers stand, from the greeting to the end, once for each step before and after money."""
    seller = profile(name).seller
    customer = Remembering(seller)
    start = LifePlace(ConversationState(), life_books(seller, MOMENT))
    if seller.sells:
        life._Life(seller, customer, seller.methods[0], seller.plans[0].id).first_order()
    else:
        ways = ("start:sign_up", *WISHES)
        customer.reach(start, lambda place: customer.at(place).expects is Expects.nothing, ways)
    return (start, *customer.places.values())


def losses(name: str) -> Iterator[Loss]:
    seller = profile(name).seller
    for plan in seller.plans:
        left = tuple(one for one in seller.plans if one.id != plan.id) or (Plan("another", plan.net, plan.terms),)
        programs = tuple(one for one in seller.programs if one.subscription != plan.id)
        former = tuple(one for one in seller.former if one != plan.id)
        lost = replace(seller, plans=left, programs=programs, former=former)
        yield Loss(f"plan {plan.id}", lost, (f"plan.{plan.id}",))
        yield Loss(f"plan {plan.id}, not sold", replace(lost, former=(*former, plan.id)))
    for addon in seller.addons:
        left_over = tuple(one for one in seller.addons if one.id != addon.id)
        yield Loss(f"add-on {addon.id}", replace(seller, addons=left_over), (f"addon.{addon.id}.",))
    for method in seller.methods:
        ways = tuple(one for one in seller.methods if one != method)
        other = tuple(one for one in seller.other_methods if one != method)
        yield Loss(f"method {method}", replace(seller, methods=ways or ("transfer",), other_methods=other))
    for locale in seller.locales if len(seller.locales) > 1 else ():
        yield Loss(f"language {locale}", replace(seller, locales=tuple(x for x in seller.locales if x != locale)))
    for one in seller.consents:
        yield Loss(f"consent {one.id}", replace(seller, consents=tuple(x for x in seller.consents if x.id != one.id)))
    for one in seller.documents:
        kept = tuple(x for x in seller.documents if x.id != one.id)
        yield Loss(f"document {one.id}", replace(seller, documents=kept))
    for gone in sorted(set(DIALOGS) & set(seller.dialogs)):
        yield Loss(f"dialog {gone}", replace(seller, dialogs=tuple(x for x in seller.dialogs if x != gone)))


TABLE = {f"{name}: {loss.name}": (name, loss) for name in SELLERS for loss in losses(name)}


def renderer(name: str, loss: Loss) -> Renderer:
    """The words that are left."""
    known = profile(name).renderer()
    texts: Mapping[str, Mapping[str, Text]] = {
        locale: {key: text for key, text in of.items() if not (loss.texts and key.startswith(loss.texts))} | ANOTHER
        for locale, of in known.catalogue.texts.items()
        if locale in loss.seller.locales
    }
    return dataclasses.replace(known, seller=loss.seller, catalogue=replace(known.catalogue, texts=texts))


def played(customer: LifeCustomer, place: LifePlace, event: Event) -> Outcome[ConversationState]:
    keys = iter(range(1000))
    return decide(
        customer.journey,
        place.case,
        event,
        context=lambda case: customer.context(replace(place, case=case)),
        perform=lambda act, _key: usual(place.books, act)[1],
        new_key=lambda: f"key-{next(keys)}",
    )


@pytest.mark.parametrize("row", TABLE)
def test_everybody_has_a_way_on(row: str) -> None:
    name, loss = TABLE[row]
    words, customer = renderer(name, loss), LifeCustomer(loss.seller)
    spoke = next((of for of in profile(name).seller.locales if of not in loss.seller.locales), loss.seller.locales[0])
    furthest = None
    with structlog.testing.capture_logs() as logs:
        for place in places(name):
            case = structs.replace(place.case, talk=structs.replace(place.case.talk, locale=spoke))
            case = fit_case(case, loss.seller, lambda key: words.has(key, loss.seller.locales[0]))
            here = replace(place, case=case, books=replace(place.books, seller=loss.seller))
            for meaning in SAID:
                message = compose_message(words, played(customer, here, Said(meaning)), customer.journey)
                assert message, (customer.at(here).path, meaning)
            if here.case.order.id is None:
                furthest = here
    assert [line for line in logs if line["event"] == "text_missing"] == []
    assert furthest is not None
    customer.reach(furthest, lambda place: customer.at(place).expects is Expects.nothing, WISHES)


def test_every_seller_is_met_at_many_steps() -> None:
    met = {name: len(places(name)) for name in SELLERS}
    assert all(number >= (8 if profile(name).seller.sells else 4) for name, number in met.items()), met
