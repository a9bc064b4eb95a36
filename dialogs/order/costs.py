"""Costs of the order: its lines, the discount, and the sums as texts and buttons need them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from dialogs.company.data import buyer, read_company
from dialogs.kit import Option, Params, Word, compute_once
from dialogs.order.bought import is_for_company
from dialogs.order.cart_lines import begins_at, is_undecided, lines, term_of, trial_of
from dialogs.order.in_books import is_renewing, method_of, placed_order, price_of
from dialogs.order.products import extra_shown, product_word, seats_shown, word_quantity
from dialogs.state import Ctx, Order, Orderer
from values import phone as phones
from values import tax_number
from values.money import Money, Vat
from values.offer import DiscountCode, NotGood, judge_discount
from values.order import CartLine, Price, PriceLine, discount_on, price
from values.payment import is_offline
from values.term import A_YEAR, Term, end_after, longest, term_shown


@compute_once
def cart(s: Order, ctx: Ctx) -> Price:
    """Return the order's price: as placed, else as it stands."""
    if (order := placed_order(s, ctx)) is not None:
        return price_of(order)
    return _price_of(lines(s, ctx), code_of(s, ctx), s, ctx)


def next_term(s: Order, ctx: Ctx) -> Price:
    """Return what the next term costs: without what is never renewed, and with a code only if it is for more terms."""
    code, never = code_of(s, ctx), ctx.seller.never_renewed
    paid = [replace(line, trial=0) for line in lines(s, ctx) if not (line.once or line.plan in never)]
    return _price_of(paid, code if code is not None and code.terms > 1 else None, s, ctx)


def first_term(s: Order, ctx: Ctx) -> Price:
    """Return what the first term costs that is paid for, be it behind a trial."""
    return _price_of([replace(line, trial=0) for line in lines(s, ctx)], code_of(s, ctx), s, ctx)


def _price_of(bought: Iterable[CartLine], code: DiscountCode | None, s: Order, ctx: Ctx) -> Price:
    return price(
        _priced(code, bought, ctx),
        ctx.seller.currency,
        vat_percent=tax_of(s, ctx).percent,
        percent_off=code.percent if code else 0,
        amount_off=code.amount if code else 0,
    )


@compute_once
def tax_of(s: Order, ctx: Ctx) -> Vat:
    """Return the order's VAT: as placed, else as it stands."""
    if (order := placed_order(s, ctx)) is not None:
        return order.tax or s.tax or Vat(ctx.seller.vat_percent, "home", ctx.seller.country)
    return ctx.seller.tax(buyer(read_company(ctx), ctx))


def judge_code(code: str, s: Order, ctx: Ctx) -> DiscountCode | NotGood:
    """Return the code if it lowers the price, or the reason why not.

    While the plan is still to be chosen, the code is good if it lowers any plan that may be.
    """
    bought = lines(s, ctx)
    chosen = bool(bought) and not is_undecided(s, ctx)
    plans = tuple(line.plan for line in bought) if chosen else tuple(plan.id for plan in ctx.seller.plans)
    return judge_discount(ctx.seller.discounts, code, plans, ctx.now)


def code_of(s: Order, ctx: Ctx) -> DiscountCode | None:
    """Return the code that lowers the price, or None."""
    standing = _standing(s, ctx)
    return standing if isinstance(standing, DiscountCode) else None


def _standing(s: Order, ctx: Ctx) -> DiscountCode | NotGood | None:
    """Return the order's code, judged. The code of a placed order holds, even if it has expired since."""
    if s.discount is None:
        return None
    placed = ctx.seller.discount(s.discount) if s.id is not None else None
    return placed or judge_discount(ctx.seller.discounts, s.discount, (line.plan for line in lines(s, ctx)), ctx.now)


def _priced(code: DiscountCode | None, bought: Iterable[CartLine], ctx: Ctx) -> list[PriceLine]:
    return [PriceLine(_net(line, ctx), line.quantity, code is not None and code.lowers(line.plan)) for line in bought]


def renews(s: Order, ctx: Ctx) -> bool | None:
    """Return whether the service will renew itself; None while that isn't known."""
    if s.id is None and (trial := trial_of(s, ctx)) is not None:
        return trial.kept
    renewing = is_renewing(s, ctx)
    if renewing is None and ctx.seller.auto_renewal == "with_method" and s.method not in (None, "other"):
        return s.method in ctx.seller.chargeable
    return renewing


@compute_once
def show_cart(s: Order, ctx: Ctx) -> Params:
    """Return the cart's lines for the texts."""
    total = cart(s, ctx)
    bought, addons = lines(s, ctx), {line.plan for line in lines(s, ctx) if ctx.seller.known_addon(line.plan)}
    once = bool(bought) and all(line.plan in ctx.seller.never_renewed for line in bought)
    begin, method, term = begins_at(s, ctx), method_of(s, ctx), longest(line.term for line in bought)
    placed = placed_order(s, ctx)
    return {
        "plan": tuple(product_word(line.plan, ctx.seller) for line in bought if line.plan not in addons),
        **extra_shown(((line.plan, line.quantity, line.once) for line in bought if line.plan in addons), ctx.seller),
        **term_shown(term, added=placed and placed.adds_until, swaps=placed is not None and placed.swaps),
        **_seats(s, ctx),
        "begins": begin,
        **_left_out(begin, s, ctx),
        "net": total.net,
        "vat": total.vat,
        "gross": total.gross,
        **tax_shown(tax_of(s, ctx)),
        **_discount_shown(s, ctx),
        "method": Word(f"option.method.{method}") if method else None,
        "way": next((way.label for way in ctx.books.ways if way.id == s.way), None),
        "auto_renewal": "once" if once else renews(s, ctx),
        "chargeable": method in ctx.seller.chargeable,
        "stores": bool(ctx.seller.chargeable),
        "charged": tuple(Word(f"option.method.{name}") for name in ctx.seller.chargeable),
        "charge_days": ctx.seller.renewal_rules.of_term(term).charge_days,
        "by_method": ctx.seller.auto_renewal == "with_method",
        "offline": is_offline(method),
        **trial_shown(s, ctx),
        **_buyer_shown(ctx),
        **_orderer_shown(ctx),
    }


def trial_shown(s: Order, ctx: Ctx) -> Params:
    """Return the order's trial, what the first term costs `after` it, and each `later` one where that differs."""
    if (trial := trial_of(s, ctx)) is None:
        return {"trial": None, "after": None, "later": None}
    first, later = first_term(s, ctx).gross, next_term(s, ctx).gross
    return {"trial": trial.days, "kept": trial.kept, "after": first, "later": later if later != first else None}


def _seats(s: Order, ctx: Ctx) -> Params:
    """Return the seats of what is bought, at the price of one that was agreed to, else of today's."""
    order, line = placed_order(s, ctx), next(iter(lines(s, ctx)), None)
    if line is None:
        return {"seats": None}
    net = _net(replace(line, trial=0), ctx) if order is None or order.trial else order.unit_net
    return seats_shown(line.plan, line.quantity, net, ctx.seller)


def renewal_shown(s: Order, ctx: Ctx) -> Params:
    """Return the order's renewal with its sum and the day of the next charge, counted from a payment made today."""
    known, trial = show_cart(s, ctx), trial_of(s, ctx)
    begin, term = known["begins"], term_of(s, ctx)
    days = timedelta(days=ctx.seller.renewal_rules.of_term(term).charge_days)
    end = end_after(begin if isinstance(begin, datetime) else ctx.now, term, ctx.seller.zone)
    on = end - days if trial is None else ctx.now + timedelta(days=trial.days)
    return {**known, "renewal_gross": next_term(s, ctx).gross, "renewal_on": on}


def _left_out(begin: datetime | None, s: Order, ctx: Ctx) -> Params:
    """Return the add-ons of the running term that a plan bought ahead leaves out, and how they go on."""
    if begin is None or s.id is not None or not ctx.seller.addons or not ctx.books.owned:
        return {"left_out": None}
    bought = {line.plan for line in lines(s, ctx)}
    running = [o for o in ctx.books.owned if o.ends_at > ctx.now and ctx.seller.known_addon(o.product)]
    left = [o for o in running if o.product not in bought and is_for_company(o.company_id, ctx)]
    return {
        "left_out": tuple(word_quantity(o.product, o.quantity, ctx.seller) for o in left) or None,
        "left_ends": max((o.ends_at for o in left), default=None),
        "left_renews": bool(left) and all(o.auto_renewal for o in left),
    }


def known_company(ctx: Ctx) -> bool:
    """Return whether the order's company was just confirmed, or is that of an earlier order."""
    company = read_company(ctx)
    return company.tax_number is not None and (company.again or company.confirmed is not None)


def _buyer_shown(ctx: Ctx) -> Params:
    """Return the company by name and number, or town where it has no number; `buyer_again`: ordering confirms it."""
    company, known = read_company(ctx), known_company(ctx)
    where = tax_number.display(company.tax_number) if company.tax_number else company.city
    buyer, number = (company.name, where) if known else (None, None)
    return {"buyer": buyer, "buyer_number": number, "buyer_again": company.again}


def orderer_of(s: Orderer, ctx: Ctx) -> Orderer:
    """Return who orders: as it was said here, else whoever ordered last, where that is taken over."""
    last = ctx.books.orderer
    if not s.as_before or last is None:
        return s
    invoices = s.invoice_email or ctx.books.einvoice_email or last.invoice_email
    name, phone, email = s.name or last.name, s.phone or last.phone, s.email or last.email
    return replace(s, invoice_email=invoices, name=name, phone=phone, email=email)


def _orderer_shown(ctx: Ctx) -> Params:
    """Return the person who orders for the company, if that is asked."""
    who = orderer_of(ctx.case.orderer, ctx)
    return {
        "invoice_email": who.invoice_email,
        "orderer": who.name,
        "orderer_phone": phones.display(who.phone) if who.phone else None,
        "orderer_email": who.email,
    }


def tax_shown(tax: Vat) -> Params:
    """Return the VAT with its reason for the texts."""
    return {
        "vat_percent": tax.percent,
        "vat_reason": tax.reason,
        "vat_country": tax.country,
        "vat_number": tax_number.display(tax.number) if tax.number else None,
        "vat_checked": tax.checked_at,
    }


def _discount_shown(s: Order, ctx: Ctx) -> Params:
    """Return the code for the texts with its discount, or the reason why it gives none."""
    code = _standing(s, ctx)
    if not isinstance(code, DiscountCode):
        unfit = None if code is None else Word(f"order.unfit.{code}", (("code", s.discount),))
        return {"discount": None, "size": None, "unfit": unfit, "spans": False}
    amount = discount_on(_priced(code, lines(s, ctx), ctx), ctx.seller.currency, amount_off=code.amount)
    terms = 1 if renews(s, ctx) is False else code.terms
    words = word_size(code.percent, amount, term_of(s, ctx), terms)
    return {"discount": code.code, "size": words, "unfit": None, "spans": terms > 1}


def word_size(percent: int, amount: Money, term: Term = A_YEAR, terms: int = 1) -> Word:
    """Return the size of a code's discount in words, and how long several `terms` of it last."""
    spans = (*term_shown(term, terms).items(), ("spans", terms > 1))
    if percent:
        return Word("order.discount_size.percent", (("percent", percent), *spans))
    return Word("order.discount_size.amount", (("off", amount), *spans))


def methods(ctx: Ctx) -> tuple[Option, ...]:
    """Return the seller's methods of payment as quick replies: behind a trial those that the desk charges itself."""
    return tuple(Option(f"method:{m}", f"option.method.{m}") for m in ctx.seller.methods if is_taken(m, ctx))


def is_taken(method: str, ctx: Ctx) -> bool:
    """Return whether the order can be paid so: behind a trial the desk has to keep it without a charge."""
    return trial_of(ctx.case.order, ctx) is None or method in ctx.seller.keeps_without_charge


def _net(line: CartLine, ctx: Ctx) -> int:
    """Return the net price; a product that isn't sold any more adds nothing and isn't ordered (`dialogs/lost.py`)."""
    return 0 if line.trial else ctx.seller.net_of(line.plan, line.term) or 0
