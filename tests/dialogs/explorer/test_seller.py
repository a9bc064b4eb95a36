"""The journey walked to its ends: nothing is dead, nothing contradicts itself, and the diagram shows the way."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise

import pytest
from msgspec.structs import replace

from dialogs.explorer.diagram import diagram
from dialogs.explorer.seller import walk_anew, walk_seller
from dialogs.explorer.watch import Walk
from dialogs.kit import Option
from dialogs.kit.journey import EDIT
from dialogs.messages import account, payment
from tests import shipped
from tests.architecture.rooms import ROOT
from tests.dialogs.driver import SELLER, Driver
from values.meaning import Expects
from values.money import VatRules
from values.offer import Trial
from values.rules import CompanyRules, DeskRules
from values.seller import Plan, Seats
from values.term import A_YEAR, term_of_months

# No shipped profile has more than one plan to choose from, nor takes the number that a messenger vouches for.
SEVERAL_PLANS = replace(
    SELLER,
    dialogs=("cart", "account", "contact"),
    consents=(),
    discounts=(),
    plans=(*SELLER.plans, Plan("large", 49900)),
    sign_up=replace(SELLER.sign_up, own_contact=True),
)


# … nor sells to companies in other countries, by the month, by the seat and after a trial, nor knows customers for whom
# a person is to be at hand.
ABROAD = replace(
    SELLER,
    dialogs=("account", "company", "order", "payment"),
    plans=(Plan("team", 49000, (term_of_months(1), A_YEAR), seats=Seats(1, 9), trial=Trial(14)),),
    company=CompanyRules(vatin=True),
    vat=VatRules(reverse_charge=True),
    consents=(),
    documents=(),
    discounts=(),
    demanded_contacts=(),
    methods=("blik",),
    locales=("pl",),
    auto_renewal="none",
    desk=DeskRules(vip=("@example.com",)),
)


#: Of the largest shipped seller's walk; may only fall: `okienko check` and a dozen tests wait for it.
MOST_TURNS = 75_004


def walked(profile: str) -> Walk:
    """A shipped profile's journey: what `okienko check` walks too, so that it is done once."""
    return walk_seller(shipped.profile(profile).seller)


@pytest.fixture(scope="module")
def found() -> Walk:
    return walked("fakturasmart")


def test_every_step_and_every_reaction_is_reached_with_some_seller() -> None:
    walks = [walked(folder.name) for folder in sorted((ROOT / "profiles").iterdir())]
    walks += [walk_seller(SEVERAL_PLANS), walk_seller(ABROAD)]
    parts, reached = (set[str]().union(*sets) for sets in zip(*((w.parts, w.reached) for w in walks), strict=True))

    assert sorted(parts - reached) == []


def test_what_loses_something_is_never_the_likely_answer() -> None:
    script = (ROOT / "bot/web/static/js/chat/transcript.js").read_text(encoding="utf-8")
    loses, equal = (re.search(rf"^const {name} = /(.*)/;$", script, re.MULTILINE) for name in ("LOSES", "EQUAL"))
    assert loses is not None
    assert equal is not None
    declared = {
        (option.payload, option.loses)
        for folder in sorted((ROOT / "profiles").iterdir())
        for option in offered_in(walked(folder.name))
    }
    losing = {payload for payload, lost in declared if lost}

    assert {p for p in losing if not re.match(loses[1], p) and not re.match(equal[1], p)} == set()
    assert {p for p, lost in declared if re.match(loses[1], p) and not lost} == set()
    assert {"erase:yes", "end_renewal:yes", "restart:yes"} <= losing


def offered_in(walk: Walk) -> Iterator[Option]:
    """Every answer that was offered by a question or beside other words."""
    yield from walk.options.values()
    for asked in walk.asked.values():
        yield from chain.from_iterable(question.options for question in asked)
    for said in walk.said.values():
        yield from chain.from_iterable(say.options for say in said)


def test_a_seller_who_demands_nothing_and_offers_no_discount_still_has_a_way_to_the_end() -> None:
    bare = replace(SELLER, demanded_contacts=(), consents=(), discounts=(), locales=("pl",))
    customer = Driver(bare).press("start:buy", "account:new").write("jan@example.com")
    customer.happen(account.PasswordSet("page-set_password", "credential-1"))
    customer.write("1234563218").press("confirm:yes", "auto_renewal:yes", "method:blik", "terms:accept")
    customer.press("clauses:accept", "confirm:yes", "pay:now")
    customer.happen(payment.PaymentNoticed(customer.placed.payment_id or "", 1, {}))

    assert customer.press("einvoice:later").at == "zone.zone"


@pytest.mark.parametrize("profile", ["certified_platform", "fakturasmart", "kontorblatt", "r2platnik"])
def test_no_code_is_asked_for_between_the_press_that_binds_and_the_money(profile: str) -> None:
    walk = walked(profile)
    behind = {end for start, end in walk.ways if start in ("order.pay", "order.place")}

    assert "payment.payment" in behind
    codes = {Expects.email_link, Expects.contact_code, Expects.login_code}
    assert [end for end in behind if walk.journey.step(end).expects in codes] == []


def test_the_straight_way_is_drawn(found: Walk) -> None:
    straight = [
        *("account.start", "account.account", "account.email", "account.secure_page", "account.consents"),
        *("contact.phone", "contact.sending", "contact.contact_code", "company.tax_number", "company.lookup"),
        *("company.confirm", "order.email_link", "order.method", "order.terms", "order.clauses"),
        *("order.pay", "payment.payment", "einvoice.einvoice", "zone.zone"),
    ]

    for start, end in pairwise(straight):
        assert (start, end) in found.ways, f"no way from {start} to {end}"


def test_where_the_letter_waits_there_is_a_way_to_the_order_without_it() -> None:
    known = {"dialogs": ("account", "contact", *ABROAD.dialogs[1:]), "plans": SELLER.plans}
    waiting = replace(ABROAD, demanded_contacts=("phone", "email"), **known)
    waiting = replace(waiting, company=CompanyRules(), sign_up=replace(SELLER.sign_up, email="after_payment"))
    assert ("company.confirm", "order.method") in walk_anew(waiting, straight=True).ways


def test_nothing_leads_away_from_a_paid_order(found: Walk) -> None:
    assert {end for start, end in found.ways if start == "einvoice.einvoice"} <= {
        "einvoice.einvoice",
        "einvoice.invoice_email",
        "zone.zone",
        "zone.auto_renewal",  # the page that stood, where e-invoices were asked for from there
        "zone.method",
    }


@pytest.mark.parametrize("dialog", [None, "account", "company", "zone"])
def test_the_diagram_is_well_formed_mermaid(found: Walk, dialog: str | None) -> None:
    drawn = diagram(found, dialog)
    nodes = set(re.findall(r"^ {2,4}([a-z_]+)(?:\[|\(|\{)", drawn, re.M))
    arrows = re.findall(r'^  ([a-z_]+) -->\|"[^"|]+"\| ([a-z_]+)$', drawn, re.M)

    assert drawn.startswith("flowchart TD\n")
    assert arrows
    assert {end for arrow in arrows for end in arrow} <= nodes
    assert drawn.count("subgraph ") == drawn.count("  end\n")


def test_a_straight_walk_draws_the_same_but_what_begins_in_menus_that_are_reached_aside() -> None:
    whole, straight = walk_seller(SEVERAL_PLANS), walk_anew(SEVERAL_PLANS, straight=True)

    assert straight.ways.keys() <= whole.ways.keys()
    assert {start.rpartition(".")[2] for start, _ in whole.ways.keys() - straight.ways.keys()} <= {EDIT}
    assert straight.turns * 4 < whole.turns


def test_a_walk_takes_no_more_turns_than_it_took(found: Walk) -> None:
    assert found.turns <= MOST_TURNS


def test_a_dialog_that_isnt_there_is_a_mistake(found: Walk) -> None:
    with pytest.raises(KeyError):
        diagram(found, "renewal")
