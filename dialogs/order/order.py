"""Order: one card with auto-renewal, method of payment, terms and clauses, and the act that obliges to pay."""

from msgspec.structs import replace

from dialogs.account import log_ins
from dialogs.contact import letter_code
from dialogs.contact.in_books import email_proven, letter_waits
from dialogs.kit import (
    HUMAN,
    Answered,
    Asked,
    Condition,
    ConsentTakenBack,
    Decision,
    Declined,
    Dialog,
    Option,
    Params,
    Say,
    Step,
    TakenBack,
    Word,
    need_slot,
    then,
)
from dialogs.messages.order import PlaceOrder
from dialogs.order import accepting, cart_lines, costs, list_prices, placed, prefilled, renewals, stored_methods, sums
from dialogs.order import terms as order_terms
from dialogs.order.accepting import RENEWAL
from dialogs.order.bought import has_renewing_subscription
from dialogs.order.discount import add_discount
from dialogs.order.in_books import is_paid, is_renewing, renews_any
from dialogs.order.order_card import AGREED, order_card
from dialogs.order.products import product_word, renewal_sold, terms_sold
from dialogs.order.vat import add_vat_check
from dialogs.renewal.renewing import is_choosing_renewal, is_ordering
from dialogs.renewal.shown import outlooks_shown
from dialogs.renewal.switching import RUNNING_OFF, switch_renewal
from dialogs.state import Ctx, Order
from values.account_view import OrdererDetails
from values.meaning import BindingAct
from values.payment import METHODS, NO_METHOD, UNSOLD_METHODS

WITHDRAW = "withdraw"
_ORDERER = ("orderer.invoice_email", "orderer.person_name", "orderer.phone", "orderer.orderer_email")


def _outlives(s: Order) -> Order:
    if s.id is not None or s.behind is None:
        return s if s.id is not None else Order(cancelled=s.cancelled)
    return replace(s.behind, cancelled=s.cancelled)


dialog = Dialog("order", Order, outlives=_outlives, applies=is_ordering)


def _renewals(s: Order, ctx: Ctx) -> tuple[Option, ...]:
    if ctx.seller.auto_renewal == "obligatory":
        consent = Option("auto_renewal:yes", "option.auto_renewal.yes", binds=BindingAct.renew)
        asked = s.auto_renewal is None or ctx.case.talk.revising == "order.auto_renewal"
        return _box(RENEWAL, consent, asked=asked)
    return tuple(Option(f"auto_renewal:{way}", f"option.auto_renewal.{way}") for way in ("yes", "no"))


def _box(name: str, tick: Option, *, asked: bool) -> tuple[Option, ...]:
    """Return the box to be ticked; a ticked one is taken back, unless its question was opened again."""
    if asked:
        return (tick,)
    return Option(f"{name}:{WITHDRAW}", tick.key, chosen=True), replace(tick, hidden=True)


def _agreed(s: Order, ctx: Ctx) -> tuple[str, ...]:
    """Return the documents agreed to with the order: not a consent to renewal that was given elsewhere, and stands."""
    elsewhere = has_renewing_subscription(ctx) and not accepting.is_accepted(s.accepted, RENEWAL)
    answers = {"terms": s.terms, "clauses": s.clauses, RENEWAL: s.auto_renewal and not elsewhere}
    return tuple(name for name, given in answers.items() if given and ctx.seller.accepts(name))


def _orderer(ctx: Ctx) -> OrdererDetails | None:
    who = costs.orderer_of(ctx.case.orderer, ctx)
    if who.name is None or who.phone is None or who.email is None or who.invoice_email is None:
        return None
    return OrdererDetails(who.name, who.phone, who.email, who.invoice_email)


def _filled(slot: str) -> Condition[Order]:
    """Return the condition that the slot is filled, or the order placed."""
    return lambda s, _c: getattr(s, slot) is not None or s.id is not None


placed.declare_restart(dialog)
letter_code.declare_letter_step(
    dialog,
    "email_link",
    "option.code_again",
    letter_code.ANOTHER_EMAIL,
    when=lambda _s, c: "email" in c.seller.demanded_contacts and not letter_waits(c),
    done=lambda s, c: s.id is not None or email_proven(c),
)


def _asks_renewal(s: Order, ctx: Ctx) -> bool:
    """Return whether renewing is the customer's choice: behind a trial it is no choice, and words may be asked for."""
    ways = ("ask", "offer", "obligatory") if cart_lines.trial_of(s, ctx) is None else ("obligatory",)
    return ctx.seller.auto_renewal in ways and not cart_lines.is_free(s, ctx)


auto_renewal = dialog.choose(
    "auto_renewal",
    _renewals,
    slot="auto_renewal",
    when=_asks_renewal,
    done=lambda s, c: s.auto_renewal is not None or s.id is not None or c.seller.auto_renewal == "offer",
    params=costs.show_cart,
    card=order_card,
    bound_to=lambda _s, c: accepting.bind_documents(accepting.documents(c, RENEWAL), c),
    ahead=lambda s, c: is_ordering(c) and s.id is None and c.seller.auto_renewal in ("ask", "offer"),
    intents={
        **dict.fromkeys(("renewal_on", "affirm"), "auto_renewal:yes"),
        **dict.fromkeys(("renewal_off", "deny"), "auto_renewal:no"),
    },
)


def _menu(s: Order, ctx: Ctx) -> tuple[Option, ...]:
    """Return the ways to pay; those of the other menu can be named all the same."""
    if not (others := ctx.seller.other_methods):
        return costs.methods(ctx)
    first = tuple(o for o in costs.methods(ctx) if o.value not in others)
    second = tuple(o for o in costs.methods(ctx) if o.value in others)
    if s.method == "other" or s.method in others:
        return (*second, Option("method:first", "option.method.first"), *_unseen(first))
    return (*first, Option("method:other", "option.method.other"), *_unseen(second))


def _unseen(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(replace(option, hidden=True) for option in options)


method = dialog.choose(
    "method",
    _menu,
    slot="method",
    when=lambda s, c: not cart_lines.is_free(s, c),
    done=lambda s, c: s.id is not None or (s.method not in (None, "other") and costs.is_taken(s.method, c)),
    params=lambda s, c: {**costs.show_cart(s, c), "other": s.method == "other"},
    card=order_card,
    ahead=lambda s, c: is_ordering(c) and s.id is None,
    intents={"back": "method:first"},
)


card, paypal, saved = stored_methods.declare(dialog, lambda s, _c: s.id is not None, order_card)


years, term = order_terms.declare(dialog, order_card)


def _both(s: Order, ctx: Ctx) -> tuple[Option, ...]:
    """Return the box that stands for terms and clauses together, while both are missing or both are given."""
    given = {getattr(s, name) is not None for name in AGREED}
    if len(given) > 1 or ctx.case.talk.revising in tuple(f"order.{name}" for name in AGREED):
        return ()
    accept = Option("terms_clauses:accept", "option.terms_clauses.accept", binds=BindingAct.agree)
    return _box("terms_clauses", accept, asked=given == {False})


both = dialog.choose(
    "terms_clauses",
    _both,
    slots=AGREED,
    when=lambda _s, c: all(c.seller.accepts(name) for name in AGREED),
    done=lambda s, _c: (s.terms is not None and s.clauses is not None) or s.id is not None,
    bound_to=lambda _s, c: accepting.bind_documents(accepting.documents(c, *AGREED), c),
    card=order_card,
    counted=False,
    said_back=False,
    joint=True,
)


@both.on(Answered)
def accept_both_documents(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Keep an acceptance of each document, or the taking back of each, as if they were given one by one."""
    if e.value == WITHDRAW:
        return then(_without(s, AGREED, ctx))
    given = accepting.accept_anew(s.accepted, accepting.documents(ctx, *AGREED), ctx)
    return then(replace(s, **dict.fromkeys(AGREED, str(e.value)), accepted=given))


@both.on(TakenBack)
def take_back_both_documents(s: Order, _e: TakenBack, ctx: Ctx) -> Decision[Order]:
    """Take back whichever of the two still stands."""
    return then(_without(s, AGREED, ctx))


def _without(s: Order, documents: tuple[str, ...], ctx: Ctx) -> Order:
    for name in documents:
        s = replace(_withdrawn(s, name, ctx), **{name: None})
    return s


def _accepted(name: str) -> Step[Order]:
    """Declare the step of a document that is agreed to by an act of its own, and taken back by another."""
    accept = Option(f"{name}:accept", f"option.{name}.accept", binds=BindingAct.agree)

    def options(s: Order, ctx: Ctx) -> tuple[Option, ...]:
        return _box(name, accept, asked=getattr(s, name) is None or ctx.case.talk.revising == step.path)

    step = dialog.choose(
        name,
        options,
        slot=name,
        when=lambda _s, c: c.seller.accepts(name),
        done=_filled(name),
        params=costs.show_cart,
        bound_to=lambda _s, c: accepting.bind_documents(accepting.documents(c, name), c),
        card=order_card,
        intents={"affirm": accept.payload},
    )

    @step.on(Answered)
    def keep_acceptance(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
        """Keep the acceptance, or its taking back; it is recorded with the order."""
        if e.value == WITHDRAW:
            return then(_without(s, (name,), ctx))
        given = accepting.accept_anew(s.accepted, accepting.documents(ctx, name), ctx)
        return then(replace(s, **{name: str(e.value)}, accepted=given))

    step.on(TakenBack)(lambda s, _e, ctx: then(_withdrawn(s, name, ctx)))
    return step


def _withdrawn(s: Order, document: str, ctx: Ctx) -> Order:
    return replace(s, accepted=accepting.take_back_acceptance(s.accepted, document, ctx))


terms = _accepted("terms")
clauses = _accepted("clauses")
add_discount(dialog)
add_vat_check(dialog, order_card)
_NEEDS = (
    *("cart.plan", "cart.seats", "cart.addons", "auto_renewal", "method", "card", "paypal", "saved"),
    *(*order_terms.LENGTH, "discount"),
    *("terms_clauses", "terms", "clauses", "vat_check"),
    *("company.confirm", "company.holder_email", "company.sdi_code"),
    *_ORDERER,
)


def _acts(s: Order, ctx: Ctx) -> tuple[Option, ...]:
    """Return the act that obliges to pay; behind a trial it names the sum and the term."""
    if cart_lines.trial_of(s, ctx) is None:
        return (Option("pay:now", "option.pay.now", binds=BindingAct.order),)
    known = costs.show_cart(s, ctx)
    told = {name: known[name] for name in ("trial", "gross", "after", "later", "years", "months")}
    return (Option("pay:now", "option.pay.later", told, binds=BindingAct.order),)


trial = dialog.choose(
    "trial",
    lambda _s, _c: (Option("trial:start", "option.trial.start", binds=BindingAct.trial),),
    slot="trial",
    when=cart_lines.is_free,
    done=lambda s, _c: s.trial == "start",
    needs=_NEEDS,
    params=costs.show_cart,
    bound_to=sums.bind_sums,
    card=order_card,
    early=False,
)
pay = dialog.choose(
    "pay",
    _acts,
    slot="pay",
    when=lambda s, c: not cart_lines.is_free(s, c),
    done=_filled("pay"),
    needs=_NEEDS,
    params=costs.show_cart,
    bound_to=sums.bind_sums,
    card=order_card,
    early=False,
    intents={"pay": "pay:now"},
)
place = dialog.do(
    "place",
    lambda s, c: PlaceOrder(
        account_id=need_slot(c.case.account.id),
        company_id=need_slot(c.case.company.id),
        lines=cart_lines.lines(s, c),
        method=NO_METHOD if cart_lines.is_free(s, c) else need_slot(s.method),
        auto_renewal=bool(costs.renews(s, c)),
        discount=s.discount,
        price=s.price or costs.cart(s, c),
        documents=_agreed(s, c),
        accepted=s.accepted,
        orderer=_orderer(c),
        invoices_seen=c.books.einvoice_email,
        way=s.way,
    ),
    done=lambda s, _c: s.id is not None,
    final=lambda s, _c: s.id is not None,
    instead=lambda _s, ctx: () if is_paid(ctx) else (Option("/cancel", "option.cancel"),),
)


@auto_renewal.on(Answered)
def choose_renewal(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Set auto-renewal: an explicit choice, never a silent default; a tick taken back leaves it open."""
    if e.value == WITHDRAW:
        return then(replace(_withdrawn(s, RENEWAL, ctx), auto_renewal=None))
    yes = e.value == "yes"
    asked = accepting.documents(ctx, RENEWAL)
    given = (
        accepting.accept_anew(s.accepted, asked, ctx)
        if yes
        else accepting.take_back_acceptance(s.accepted, RENEWAL, ctx)
    )
    return then(replace(s, auto_renewal=yes, accepted=given), *(() if yes or not ctx.typed else _running(ctx)))


def _running(ctx: Ctx) -> tuple[Say, ...]:
    """Say that what runs goes on renewing itself, where it does: words of renewal may mean either of the two."""
    off = Option(RUNNING_OFF, "option.running_renewal.no", loses=True)
    renewed = ctx.case.account.id is not None and renews_any(ctx)
    return (Say("order.running_renews", options=(off,)),) if renewed else ()


@dialog.anywhere(RUNNING_OFF, f"{RUNNING_OFF}:*")
def stop_running_renewal(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Turn off the renewal of what runs, whatever is being ordered."""
    if ctx.case.account.id is None:
        return then(s, Say("own_data.log_in_first"))
    return then(s, switch_renewal(ctx, on=False, company=str(e.value).partition(":")[2]))


@dialog.asked("auto_renewal_again")
def tell_running_renewal(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Say what runs, where "no renewal" is said that the order has already."""
    return then(s, *(() if s.auto_renewal else _running(ctx)))


@auto_renewal.on(TakenBack)
def take_back_renewal_answer(s: Order, _e: TakenBack, ctx: Ctx) -> Decision[Order]:
    """Take back the consent to renewal with its answer."""
    return then(_withdrawn(s, RENEWAL, ctx))


@dialog.always(ConsentTakenBack)
def take_back_renewal_consent(s: Order, e: ConsentTakenBack, ctx: Ctx) -> Decision[Order]:
    """Take the tick of a renewal that is being ordered away; a consent that stands ends in its own place."""
    if RENEWAL not in e.said.refused or not is_choosing_renewal(ctx):
        return then(s)
    unticked = replace(_withdrawn(s, RENEWAL, ctx), auto_renewal=None)
    return then(unticked) if has_renewing_subscription(ctx) else then(unticked, _renewal_demanded())


@auto_renewal.on(Declined)
def explain_required_renewal(s: Order, _e: Declined, _ctx: Ctx) -> Decision[Order]:
    """Tell why nothing is sold without renewal, and offer what can be done instead."""
    return then(s, _renewal_demanded())


def _renewal_demanded() -> Say:
    return Say("order.renewal_obligatory", options=(HUMAN, Option("/cancel", "option.renew.later")), brief=True)


@method.on(Answered)
def choose_payment_method(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Take the method of payment, or switch between the menus."""
    if str(e.value) in ctx.seller.chargeable and (refused := _renewal_by_way(ctx)) and _refuses_renewal(ctx):
        return then(s, refused)
    stored, again = stored_methods.list_stored_ways(s, ctx, str(e.value)), log_ins.ask_password_unless_fresh(ctx)
    if stored and again is not None:
        return then(s, again)
    return then(replace(s, method=None if e.value == "first" else str(e.value), instrument=None, way=None))


def _refuses_renewal(ctx: Ctx) -> bool:
    """Return whether the message that is heard says that nothing is to be renewed."""
    facts = ctx.said.facts if ctx.said is not None else ()
    return any(fact.kind == RENEWAL and fact.text == "no" for fact in facts)


def _renewal_by_way(ctx: Ctx) -> Say | None:
    """Say which ways to pay renew, and which don't, where the way decides that and there are both."""
    if ctx.seller.auto_renewal != "with_method":
        return None
    ways = {way: Word(f"option.method.{way}") for way in ctx.seller.methods}
    renewing, others = (
        tuple(word for way, word in ways.items() if (way in ctx.seller.chargeable) is charged)
        for charged in (True, False)
    )
    told: Params = {"renewing": renewing, "others": others}
    return Say("order.renewed_by_method", told) if renewing and others else None


def _without_renewal(s: Order, ctx: Ctx) -> tuple[Say, ...]:
    """Say to whoever orders without renewal which way to pay meets that, or that none does; () where it is free."""
    if ctx.seller.auto_renewal == "obligatory":
        return (_renewal_demanded(),)
    if (way := _renewal_by_way(ctx)) is None:
        return ()
    return (way if s.method is None else replace(way, options=(Option("edit:method", "edit.method"),)),)


@pay.on(Answered)
def agree_to_price(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Agree to the price shown, with which the order is placed or not at all."""
    return then(replace(s, pay=str(e.value), price=costs.cart(s, ctx), tax=costs.tax_of(s, ctx)))


@trial.on(Answered)
def begin_trial(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Begin the days that cost nothing; what they are to be followed by is ordered anew."""
    return then(replace(s, trial=str(e.value), price=costs.cart(s, ctx), tax=costs.tax_of(s, ctx)))


placed.declare(dialog, place)
prefilled.declare(dialog)
renewals.declare(dialog)


@dialog.asked("ask_price", "ask_price_in", "choose_plan", "renewal_on", "choose_payment_method", "ask_total")
def tell_cart(s: Order, e: Asked, ctx: Ctx) -> Decision[Order]:
    """Show cart and price, at any step; before the order each part can be changed from there.

    A product asked for by name, or before anything is chosen, is told with its own price; an empty cart isn't shown.
    Whoever wants to buy once more reads the prices of today, not what the last order came to; whoever asks for them in
    other money, in which ones they are.
    """
    if e.intent == "choose_payment_method" and s.id is None and s.method is None:  # there is none to be changed yet
        return tell_payment_methods(s, e, ctx)
    money = tell_currency(s, e, ctx).effects if e.intent == "ask_price_in" else ()
    named = ctx.said.term if ctx.said is not None else None
    if named is not None and (priced_for := order_terms.tell_price_of_term(s, named, ctx)) is not None:
        return then(s, *money, priced_for, *_bounds(list_prices.seats_asked(ctx), ctx))
    if e.intent == "choose_plan" and s.id is not None and is_paid(ctx):
        sold_today = ctx.about or tuple(plan.id for plan in ctx.seller.plans)
        return then(s, Say("order.prices", {"prices": list_prices.prices(sold_today, ctx)}))
    seats = list_prices.seats_asked(ctx)
    if (e.intent.startswith("ask_price") or not cart_lines.lines(s, ctx)) and (
        wanted := list_prices.list_priced_products(s, ctx, seats)
    ):
        return then(
            s, *money, Say("order.prices", {"prices": list_prices.prices(wanted, ctx, seats)}), *_bounds(seats, ctx)
        )
    chosen = {name: getattr(s, name) for name in ("auto_renewal", "method", *order_terms.LENGTH)}
    chosen |= {"seats": ctx.case.cart.seats, "addons": ctx.case.cart.closed}
    edits = tuple(Option(f"edit:{n}", f"edit.{n}") for n, value in chosen.items() if s.id is None and value is not None)
    return then(s, *money, Say("order.cart", costs.show_cart(s, ctx), edits))


@dialog.asked("decline_trial", "want_trial")
def switch_trial(s: Order, e: Asked, ctx: Ctx) -> Decision[Order]:
    """Order without the trial, or with it again, and show the cart so; one that runs is stopped."""
    if is_paid(ctx):
        return placed.leave_service(s, e, ctx)
    if s.id is not None:
        return then(s, Say("kit.act_done.order.place"))
    back = replace(s, untried=e.intent == "decline_trial")
    return then(back, *tell_cart(back, e, ctx).effects)


def _bounds(seats: int | None, ctx: Ctx) -> tuple[Say, ...]:
    """Say how many seats of the plan can be bought, where the price of fewer or more was asked."""
    within = ctx.seller.seats_of(cart_lines.plan_of(ctx))
    outside = within is not None and seats is not None and not within.min <= seats <= within.max
    return (Say("cart.seats_bounds", {"least": within.min, "most": within.max}),) if within and outside else ()


@dialog.asked("ask_currency")
def tell_currency(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Tell the one currency of prices and payments."""
    return then(s, Say("kit.aside.currency", {"currency": ctx.seller.currency}))


@dialog.asked("ask_term")
def tell_sold_terms(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Tell for how long one buys: the plan in the cart, or any while none is chosen."""
    chosen = tuple(
        plan for plan in ctx.seller.plans if not cart_lines.is_undecided(s, ctx) and plan.id == cart_lines.plan_of(ctx)
    )
    named = () if ctx.seller.by_years else tuple(plan.id for plan in chosen or ctx.seller.plans)
    told = (Say("order.prices", {"prices": list_prices.prices(named, ctx)}),) if named else ()
    return then(s, Say("order.for_how_long", terms_sold(chosen or ctx.seller.plans)), *told)


@dialog.asked("ask_renewal")
def tell_renewal_rules(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Tell what renews itself and how; where renewals are bought, their own dialog tells that.

    Of what never does, where that alone is asked about, only so much.
    """
    about = tuple(product_word(one, ctx.seller) for one in ctx.about)
    once = {"mode": "once", "never": about} if about and ctx.seller.never_renewed.issuperset(ctx.about) else {}
    params = {**renewal_sold(ctx.seller, cart_lines.term_of(s, ctx)), **once}
    return then(s, *(() if "renewal" in ctx.seller.dialogs else (Say("order.renews", params),)))


@dialog.asked("my_order", "ask_ordered", *(f"ask_my_{name}" for name in ("plan", "addons", "quantity", "years")))
def tell_open_order(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Show what is in the order, before how its payment stands; in the zone the account's card has it."""
    in_zone = ctx.asked is not None and ctx.asked.startswith("zone.")
    return then(s, *(() if in_zone or not cart_lines.lines(s, ctx) else (Say("order.cart", costs.show_cart(s, ctx)),)))


@dialog.asked("renewal_off")
def withdraw_renewal(s: Order, e: Asked, ctx: Ctx) -> Decision[Order]:
    """Withdraw the renewal of what is bought, or one that the desk has ordered; else show the cart with its consent.

    Of what is bought and isn't renewed it is told how that goes on.
    """
    account, ordering = ctx.case.account, s.id is None and is_ordering(ctx)
    if ordering and (said := (*_running(ctx), *_without_renewal(s, ctx))):
        return then(s, *said)
    if account.id is None and account.entry != "buy":
        return then(s, Say("own_data.log_in_first"))
    settled = is_paid(ctx) or is_renewing(s, ctx) is None
    if account.id is not None and (renewals.is_unpaid_renewal(s, ctx) or (settled and has_renewing_subscription(ctx))):
        return then(s, switch_renewal(ctx, on=False))
    goes_on = outlooks_shown(ctx.books.outlooks, ctx.seller, ctx.books) if is_paid(ctx) else None
    return tell_cart(s, e, ctx) if goes_on is None else then(s, Say("payment.goes_on", {"outlooks": goes_on}))


@dialog.asked(*(f"method_{way}" for way in (*METHODS, *UNSOLD_METHODS)))
def tell_unsold_method(s: Order, e: Asked, ctx: Ctx) -> Decision[Order]:
    """Tell by its name that a way to pay isn't taken, and which are."""
    way = e.intent.removeprefix("method_")
    told = {"method": way, "methods": tuple(Word(option.key) for option in costs.methods(ctx))}
    if way in ctx.seller.methods:
        return tell_cart(s, e, ctx)
    meeting = _without_renewal(s, ctx) if _refuses_renewal(ctx) else ()
    return then(s, Say("order.method_unsold", told), *meeting)


@dialog.asked("ask_payment_methods")
def tell_payment_methods(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Tell all methods of payment that the seller takes."""
    return then(s, Say("order.methods", {"methods": tuple(Word(option.key) for option in costs.methods(ctx))}))
