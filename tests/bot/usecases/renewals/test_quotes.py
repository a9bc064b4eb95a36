"""What a renewal is made of: lines, years and what never renews; and that the profile says who renews."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from bot.profile.load import load
from bot.usecases.renewals import bills
from bot.usecases.renewals import quotes as renewal_quotes
from bot.usecases.renewals.bills import Quote
from bot.usecases.renewals.notifications import HolderEnding
from bot.usecases.renewals.quotes import Quotes
from services.companies.companies import Billing, CompanyRecord
from services.orders.pricing import Item, PricingDiscount, price
from services.subscriptions.subscription_record import Subscription
from tests.table import table
from values.money import Vat
from values.offer import Addon
from values.renewal import ENDING, RenewalRules, steps
from values.term import A_YEAR, TWO_YEARS, Term, end_after

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CERTIFIED = load(Path("profiles/certified_platform")).seller
R2 = load(Path("profiles/r2platnik")).seller
HOME = Vat(22, "home", "IT")
SETUP = Addon("setup", 30000, once=True)


def quotes(seller: object = CERTIFIED) -> Quotes:
    return Quotes(seller, lambda _m: "stripe", lambda _m: True)  # type: ignore[arg-type]


def running(product: str, quantity: int, term: Term) -> Subscription:
    return Subscription(
        *(product, "a1", "o1", product, None, term, "active"),
        starts_at=NOW,
        ends_at=end_after(NOW, term, ZoneInfo("UTC")),
        auto_renewal=True,
        created_at=NOW,
        quantity=quantity,
    )


def test_a_term_that_isnt_sold_any_more_is_the_longest_that_is_for_add_ons_too() -> None:
    one_year = replace(CERTIFIED, plans=tuple(replace(plan, terms=(A_YEAR,)) for plan in CERTIFIED.plans))
    items = quotes(one_year).items(
        (running("base", 1, TWO_YEARS), running("users", 3, TWO_YEARS)), RenewalRules(), HOME
    )
    assert [(i.id, i.years) for i in items] == [("base", 1), ("users", 1)]


def test_add_ons_are_not_renewed_without_the_plan_that_is_sold_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal_quotes.renewed_together, "is_continued", lambda _connection, _of: False)
    monkeypatch.setattr(renewal_quotes.withdrawals, "stop_charges", lambda *_of: False)
    ending = HolderEnding((running("base", 1, A_YEAR), running("users", 2, A_YEAR)), NOW)
    no_plan = replace(CERTIFIED, plans=(), former=("base",))
    no_users = replace(CERTIFIED, addons=())
    renewed = [quotes(seller).renewing(None, ending) for seller in (CERTIFIED, no_plan, no_users)]  # type: ignore[arg-type]
    assert [[of.product for of in each] for each in renewed] == [["base", "users"], [], ["base"]]


def test_add_ons_are_renewed_alone_beside_the_next_term_of_their_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal_quotes.renewed_together, "is_continued", lambda _connection, of: of.product == "base")
    monkeypatch.setattr(renewal_quotes.withdrawals, "stop_charges", lambda *_of: False)
    ending = HolderEnding((running("base", 1, A_YEAR), running("users", 2, A_YEAR), running("space", 1, A_YEAR)), NOW)
    no_space = replace(CERTIFIED, addons=tuple(addon for addon in CERTIFIED.addons if addon.id != "space"))
    renewed = [quotes(seller).renewing(None, ending) for seller in (CERTIFIED, no_space)]  # type: ignore[arg-type]
    assert [[of.product for of in each] for each in renewed] == [["users", "space"], ["users"]]


def test_extensions_and_the_free_version_never_renew_themselves() -> None:
    assert R2.never_renewed == {"r2platnik_extension", "r2faktury_extension"}
    assert CERTIFIED.never_renewed == {"free"}
    for sold in ({"addons": (SETUP,)}, {"addons": (), "former_addons": (SETUP,)}):
        assert replace(CERTIFIED, **sold).never_renewed == {"free", "setup"}


def test_the_sum_before_is_of_what_goes_on() -> None:
    """A renewal that costs more than this part of the order did is told so, whatever was sold once beside it."""
    base = Item("base", 1, TWO_YEARS, 40000, 22)
    before = SimpleNamespace(
        items=(base, Item("setup", 1, TWO_YEARS, 30000, 22, then="once")),
        price=price((base,), None, "EUR"),
        discount=PricingDiscount("START20", 20),
        currency="EUR",
    )
    items = (replace(base, unit_net=48000),)
    bill = Quote(None, items, price(items, None, "EUR"), HOME, before).bill(None)  # type: ignore[arg-type]
    assert (bill.gross, bill.was, bill.code) == (58560, 39040, "START20")


@table("profile", ["fakturasmart", "certified_platform", "r2platnik", "kontorblatt"])
def test_who_is_asked_for_a_renewal_has_one_made(profile: str) -> None:
    seller = load(Path("profiles") / profile).seller
    assert seller.auto_renewal == "none" or seller.renewal is not None


def test_without_rules_a_term_is_only_told_of_and_ends() -> None:
    found = steps(ENDING.of_term(A_YEAR), NOW + timedelta(days=30), ZoneInfo("Europe/Warsaw"))
    assert [step.action for step in found] == ["lapse", "end"]
    assert found[0].due_at == found[1].due_at


@pytest.mark.parametrize(("number", "renewed"), [("", False), ("FR44732829320", True)])
def test_a_firm_without_a_number_renews_at_no_guessed_rate(
    number: str, renewed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its country had a rate when it bought, and has none any more."""
    monkeypatch.setattr(renewal_quotes.renewed_together, "is_continued", lambda _connection, _of: False)
    monkeypatch.setattr(renewal_quotes.subscription_record, "terms", lambda _connection, _account: {})
    monkeypatch.setattr(renewal_quotes.withdrawals, "stop_charges", lambda *_of: False)
    monkeypatch.setattr(bills.companies, "of_account", lambda _connection, _account: [])
    firm = Billing("FR", number, "Atelier du Port", "12 quai des Chartrons", "33000", "Bordeaux")
    company = CompanyRecord("c1", "a1", firm, "customer", "verified", NOW, NOW)
    monkeypatch.setattr(renewal_quotes, "find_company", lambda *_of: company)
    ending = HolderEnding((running("base", 1, A_YEAR),), NOW)
    for rates, found in (((("FR", 20),), True), ((), renewed)):
        seller = replace(CERTIFIED, vat=replace(CERTIFIED.vat, rates=rates))
        quote = quotes(seller).quote(None, ending, RenewalRules())  # type: ignore[arg-type]
        assert (quote is not None) == found, rates
