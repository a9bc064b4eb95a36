"""Typed once a term is chosen: a wish for another one changes it, and a question of its price is answered with that.

The sentences were written before the words were looked for; a row is language, what it is, the term, the sentence.
"""

from functools import cache

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from bot.conversation.understanding import MessageUnderstanding
from dialogs.journey import journey_of
from dialogs.order.costs import cart
from dialogs.order.terms import set_term
from tests.architecture.rooms import ROOT
from tests.dialogs.driver import SELLER, Driver, contact_proven
from tests.journeys.teller import profile
from tests.table import table
from values.channel import Channel
from values.seller import Plan, Seller
from values.term import read_term

NETS = tuple((read_term(term), net) for term, net in (("1m", 4900), ("3m", 13900), ("1y", 49000)))
ROWS = [
    line.split("\t")
    for line in (ROOT / "tests/bot/conversation/terms_later.tsv").read_text(encoding="utf-8").splitlines()
]


@cache
def desk(language: str) -> tuple[Seller, MessageUnderstanding]:
    of = profile("kontorblatt" if language == "de" else "fakturasmart")
    plan = Plan(of.seller.plans[0].id, 0, tuple(term for term, _ in NETS), NETS)
    seller = replace(SELLER, plans=(plan,), auto_renewal="none", discounts=())
    return seller, MessageUnderstanding(journey_of(seller), of.renderer(), of.questions(), of.known)


@cache
def chosen(language: str, term: str, *, at_pay: bool) -> Driver:
    customer = contact_proven(desk(language)[0]).write("1234563218").press("confirm:yes", f"term:{term}")
    customer = customer.press("method:blik", "terms:accept", "clauses:accept") if at_pay else customer
    customer.case = replace(customer.case, talk=replace(customer.case.talk, locale=language))
    return customer


def typed(language: str, before: str, text: str, *, at_pay: bool) -> Driver:
    customer, inbound = chosen(language, before, at_pay=at_pay).copied(), Inbound(Channel.REST, "c", "key", Text(text))
    return customer.hear(desk(language)[1].hear(inbound, customer.step, customer.context(customer.case)).said)


@table("language", ["pl", "it", "en", "de"])
@table("at_pay", [False, True])
def test_another_term_is_taken_or_priced_by_its_words(language: str, at_pay: bool) -> None:
    wrong: list[tuple[str, object]] = []
    for _, kind, term, text in (row for row in ROWS if row[0] == language):
        before = "1y" if term == "1m" else "1m"
        customer = typed(language, before, text, at_pay=at_pay)
        said, order = [say for say in customer.reply if say.key == "option.term"], customer.case.order
        priced = set_term(order, read_term(term or before), customer.seller)
        price = cart(priced, customer.context(customer.case)).gross
        right = order.term == (term if kind == "change" else before)
        right &= [say.params["gross"] for say in said] == ([price] if kind == "ask" else [])
        wrong += [] if right else [(text, order.term)]
    assert wrong == []


def test_the_price_of_a_term_that_isnt_sold_is_told_by_those_that_are() -> None:
    assert typed("pl", "1m", "a ile za 2 lata?", at_pay=True).said[-1] == "order.for_how_long"
