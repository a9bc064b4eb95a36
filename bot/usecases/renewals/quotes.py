"""Quotes of renewals: subscriptions, company, price and tax, payment method, and documents to accept anew."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.port import UnitOfWork
from bot.conversation.render import Renderer
from bot.usecases.renewals.bills import Quote, find_company, name_company
from bot.usecases.renewals.notifications import HolderEnding
from dialogs.order.products import product_word
from services.accounts import account_books, consents
from services.orders import order_record, withdrawals
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item, PricingDiscount, price
from services.payments import methods
from services.payments.methods import Method
from services.payments.providers.registry import may_charge
from services.subscriptions import changes, renewals, renewed_together, subscription_record
from services.subscriptions.renewals import RenewalProgress
from services.subscriptions.subscription_record import Subscription
from values.account_view import AccountView, Line
from values.money import Vat
from values.renewal import EarlierPrice, Outlook, RenewalRules, TermRules, next_collection, steps
from values.seller import Seller
from values.term import Term, longest, months_of

_log = structlog.get_logger(__name__)
MANDATE = "auto_renewal"  # the document in whose words renewing by itself is agreed to, where the profile has it
OF_AN_ORDER = ("terms", "clauses", MANDATE)
Names = tuple[tuple[str, str], ...]


class Quotes(Struct, frozen=True):
    """For one seller. `providers` names the payment provider of a method; `charges` says whether one charges it.

    `names`: a product's names, for its order.
    """

    seller: Seller
    providers: Callable[[str], str]
    charges: Callable[[str], bool]
    names: Callable[[str], Names] = lambda _product: ()

    def renewing(self, connection: sa.Connection, ending: HolderEnding) -> tuple[Subscription, ...]:
        """Return those that renew automatically: switched on, still sold, and not bought again.

        An add-on is renewed with its plan, or beside the next term of that which was bought ahead. Nothing renews while
        a person decides on a withdrawal from its contract, nor after one that was accepted.
        """
        if withdrawals.stop_charges(connection, ending.account_id, ending.ids):
            return ()
        never = self.seller.never_renewed
        covered = [of for of in ending.all if renewed_together.is_continued(connection, of)]
        wanted = [of for of in ending.all if of.auto_renewal and of.product not in never and of not in covered]
        sold = tuple(of for of in wanted if self._sold(of))
        carried = any(self.seller.is_service(of.product) for of in (*sold, *covered))
        alone = len(sold) == len(wanted) and not any(self.seller.is_service(of.product) for of in ending.all)
        left = (of for of in sold if alone and not renewed_together.is_left_behind(connection, of))
        return sold if carried else tuple(left)

    def view(self, connection: sa.Connection, account_id: str, now: datetime) -> AccountView | None:
        """Return the account as the dialogs see it, with how its terms go on; None if there is no such account."""
        return account_books.read_view(connection, account_id, lambda c, id: self.outlooks(c, id, now))

    def outlooks(self, connection: sa.Connection, account_id: str, now: datetime) -> tuple[Outlook, ...]:
        """Return how each running term of the account goes on, the one that ends first in front."""
        found: dict[str, Outlook] = {}
        for group in renewed_together.all_together(connection, account_id):
            ends_at = group[0].ends_at
            if ends_at is None:
                continue
            ending = HolderEnding(group, ends_at)
            found |= {id: outlook for outlook in self.outlook(connection, ending, now) for id in outlook.ids}
        return tuple(sorted(dict.fromkeys(found.values()), key=lambda outlook: (outlook.ends_at, outlook.ids)))

    def outlook(self, connection: sa.Connection, ending: HolderEnding, now: datetime) -> tuple[Outlook, ...]:
        """Return how what ends together goes on: what is renewed, what ends, and what is bought ahead.

        The free version has no end.
        """
        rules, stands = self.seller.renewal_rules, renewals.known_progress(connection, ending.all)
        ordered = order_record.get(connection, stands.order_id) if stands is not None and stands.order_id else None
        withdrawn = ordered is not None and ordered.status == "cancelled"
        quote = self.quote(connection, ending, rules) if rules.collects and not withdrawn else None
        renewed = {item.renews for item in quote.items} if quote is not None else set[str | None]()
        found = []
        if quote is not None:
            found.append(self._renewal(connection, ending, quote, stands, ordered, now))
        left = [of for of in ending.all if of.id not in renewed and of.product != self.seller.free_version]
        bought = subscription_record.of_account(connection, ending.account_id) if left else []
        covered = {of.id for of in left if renewed_together.is_continued(connection, of, bought)}
        for kind in ("ends", "covered"):
            of = tuple(of for of in left if (of.id in covered) == (kind == "covered"))
            if of:
                found.append(Outlook(kind, tuple(each.id for each in of), self.lines(of), ending.at))
        return tuple(found)

    def _renewal(
        self,
        connection: sa.Connection,
        ending: HolderEnding,
        quote: Quote,
        stands: RenewalProgress | None,
        ordered: OrderRecord | None,
        now: datetime,
    ) -> Outlook:
        """Return the outlook of what is renewed: charged where a way to pay is kept that may be charged that day."""
        on = self.charge_day(ending, stands, now)
        waits = ordered is not None and ordered.status == "placed"
        owed = ordered.price.gross.minor if ordered is not None and waits else quote.gross
        way = self.way_of(connection, ending.account_id, on, owed) if on is not None else None
        rules = self._rules(ending)
        due = next_collection(rules, ending.at, self.seller.zone, now)
        bill = quote.bill(None) if rules.told_by_receipt and not waits else None
        before = EarlierPrice(bill.was, bill.code, bill.over) if bill is not None and bill.was is not None else None
        return Outlook(
            "charged" if way is not None else "link",
            tuple(item.renews for item in quote.items if item.renews is not None),
            tuple((item.id, item.quantity) for item in quote.items),
            ending.at,
            on=on if way is not None else None if waits else due,
            label=way.label if way is not None else None,
            gross=owed,
            currency=quote.price.gross.currency,
            term=longest(item.term for item in quote.items),
            first=ending.of.in_trial,
            before=before,
        )

    def charge_day(self, ending: HolderEnding, stands: RenewalProgress | None, now: datetime) -> datetime | None:
        """Return when a stored way may be charged at the earliest: never before it was announced.

        None where no day of collection is left. What is to be announced still is announced on the day before.
        """
        rules = self._rules(ending)
        first = next_collection(rules, ending.at, self.seller.zone, now)
        if first is None or (rules.told_by_receipt if stands is None else stands.announced is not None):
            return first
        told = (s.due_at for s in steps(rules, ending.at, self.seller.zone) if s.action in ("remind", "announce"))
        if any(now < due < first for due in told):
            return first
        return next_collection(rules, ending.at, self.seller.zone, first)

    def note_receipt(self, connection: sa.Connection, order_id: str, now: datetime) -> None:
        """Note, with an order's money, the sum that its receipt announces of a short term: a later price is told."""
        for of in subscription_record.of_order(connection, order_id):
            together = renewed_together.list_renewed_together(connection, of.id)
            if not together or of.ends_at is None or renewals.known_progress(connection, together) is not None:
                continue
            ending = HolderEnding(together, of.ends_at)
            coming = self.outlook(connection, ending, now) if self._rules(ending).told_by_receipt else ()
            if charged := [each.gross for each in coming if each.kind == "charged"]:
                stands = renewals.progress_of(connection, together, now)
                renewals.advance(connection, stands, ending.ids, now, announced=charged[0])

    def announce_changed(self, connection: sa.Connection, order_id: str, now: datetime) -> None:
        """Let a charge be announced anew that was announced before what the paid order changes."""
        for of in changes.changed_by_order(connection, order_id):
            together = renewed_together.list_renewed_together(connection, of.id)
            if together and renewals.known_progress(connection, together) is not None:
                renewals.announce_again(connection, together, self.seller.renewal_rules, self.seller.zone, now)

    def _rules(self, ending: HolderEnding) -> TermRules:
        return renewals.rules_for(self.seller.renewal_rules, ending.of)

    def unsold(self, connection: sa.Connection, ending: HolderEnding) -> tuple[Subscription, ...]:
        """Return those no longer sold that would have been renewed, or asked about.

        The customer's own next choice, if there is one already, needs no word.
        """
        never = self.seller.never_renewed
        return tuple(
            of
            for of in ending.all
            if (of.auto_renewal or self.seller.program(of.product) is not None)
            and of.product not in never
            and not renewed_together.is_continued(connection, of)
            and self.seller.sold(self.seller.renewed_by(of.renewed_product)) is None
        )

    def quote(self, connection: sa.Connection, ending: HolderEnding, rules: RenewalRules) -> Quote | None:
        """Return the renewal's cost today.

        None where nothing renews, or there is no company to invoice, or none that can be taxed any more.
        """
        renewing = self.renewing(connection, ending)
        if not renewing:
            return None
        term = subscription_record.terms(connection, ending.account_id).get(ending.of.id)
        company = find_company(connection, ending)
        if company is None:
            _log.warning("renewal_without_company", subscription=ending.of.id)
            return None
        if not company.billing.tax_number and not self.seller.taxes_without_number(company.billing.country):
            _log.error("renewal_without_rate", alarm=True, subscription=ending.of.id, country=company.billing.country)
            return None
        tax = self.seller.tax(company.buyer)
        before = order_record.get(connection, term.order_id) if term is not None else None
        sold = {item.id: (item.names, item.lowered) for item in before.items} if before is not None else {}
        lines = self.first_term(connection, ending, self.items(renewing, rules, tax), tax)
        code = before.discount if before is not None else None
        known = ((i, *sold.get(i.id, (self.names(i.id), self.lowers(code, i.id)))) for i in lines)
        items = tuple(replace(item, names=names, lowered=lowered) for item, names, lowered in known)
        code = code if any(item.lowered for item in items) else None
        discount = code if code is None or ending.of.in_trial else code.next
        costs = price(items, discount, self.seller.currency)
        return Quote(company, items, costs, tax, before, name_company(connection, company), discount)

    def items(self, renewing: tuple[Subscription, ...], rules: RenewalRules, tax: Vat) -> tuple[Item, ...]:
        """Return the lines of the order, as the offer lists them.

        The same products, quantities and term at today's price.
        """
        sold = [*(plan.id for plan in self.seller.plans), *(addon.id for addon in self.seller.addons)]
        found = [
            Item(name, number, term, net, tax.percent, of.id, instead=(of.product,) if of.next_plan else ())
            for of in renewing
            for term in [self._term(of, renewing, rules)]
            for name in [self.seller.renewed_by(of.renewed_product)]
            for number in [self.seller.renewed_number(name, of.renewed_quantity)]
            if (net := self.seller.net_of(name, term)) is not None
        ]
        return tuple(sorted(found, key=lambda item: (sold.index(item.id), str(item.renews))))

    def lowers(self, code: PricingDiscount | None, plan: str) -> bool:
        """Return whether a code lowers a plan beside those that it was given for."""
        known = self.seller.discount(code.code) if code is not None else None
        return known is not None and known.lowers(plan)

    def first_term(
        self, connection: sa.Connection, ending: HolderEnding, items: tuple[Item, ...], tax: Vat
    ) -> tuple[Item, ...]:
        """Return the lines, behind a trial with what is paid once and was ordered with it."""
        term = subscription_record.terms(connection, ending.account_id).get(ending.of.id)
        order = order_record.get(connection, term.order_id) if term is not None and ending.of.in_trial else None
        once = [item for item in order.items if item.once] if order is not None else []
        nets = ((item, self.seller.net_of(item.id, item.term)) for item in once)
        priced = (replace(i, unit_net=net, vat_percent=tax.percent, trial=0) for i, net in nets if net is not None)
        return (*items, *priced)

    def lines(self, of: tuple[Subscription, ...]) -> tuple[Line, ...]:
        """Return the lines of the renewal as the offer lists them, products no longer sold last."""
        sold = [*(plan.id for plan in self.seller.plans), *(addon.id for addon in self.seller.addons)]
        named = [(self.seller.renewed_by(each.product), each.quantity) for each in of]
        return tuple(sorted(named, key=lambda line: (sold.index(line[0]) if line[0] in sold else len(sold), line)))

    def default_way(self, connection: sa.Connection, account_id: str) -> Method | None:
        """Return the default payment method where it is one that the desk may charge, good or not."""
        default = methods.default_of(connection, account_id)
        if default is None or default.method not in self.seller.chargeable or not self.charges(default.method):
            return None
        if not default.is_stored or default.provider != self.providers(default.method):
            return None
        return default if self._agreed(connection, account_id) else None

    def way_of(self, connection: sa.Connection, account_id: str, on: datetime, amount: int) -> Method | None:
        """Return the stored method that may be charged that sum then, as long as its holder's consent stands."""
        default = self.default_way(connection, account_id)
        if default is None or not may_charge(default.method, default.provider, amount):
            return None
        return default if default.is_good(on.astimezone(self.seller.zone).date()) else None

    def outdated(self, tx: UnitOfWork, account_id: str) -> tuple[str, ...]:
        """Return the documents of an order that the account accepted in other words than today's."""
        today = [document for document in self.seller.documents if document.id in OF_AN_ORDER]
        return consents.list_outdated_consents(tx.connection, account_id=account_id, today=today)

    def _agreed(self, connection: sa.Connection, account_id: str) -> bool:
        """With sellers who have words of their own for it, those; else the order itself says so."""
        return not self.seller.accepts(MANDATE) or consents.is_given(
            connection, account_id=account_id, consent_id=MANDATE
        )

    def _sold(self, of: Subscription) -> bool:
        if self.seller.sold(self.seller.renewed_by(of.renewed_product)) is not None:
            return True
        _log.error("renewal_not_offered", alarm=True, subscription=of.id, product=of.renewed_product)
        return False

    def _term(self, of: Subscription, renewing: tuple[Subscription, ...], rules: RenewalRules) -> Term:
        """Return the term: as it was bought, for a program the profile's.

        Where the plan isn't sold for so long any more, the longest term that is, and its add-ons with it.
        """
        if self.seller.program(of.product) is not None:
            return rules.term
        offered = [term for each in renewing for term in self.seller.terms_of(each.renewed_product)]
        return longest([term for term in offered if months_of(term) <= months_of(of.term)] or [of.term])


def product_names(renderer: Renderer, seller: Seller, product: str) -> Names:
    """Return the product's name in each language, which an order keeps whatever becomes of the offer."""
    word = product_word(product, seller)
    return tuple((of, renderer.words(word.key, dict(word.params), of)) for of in seller.locales)
