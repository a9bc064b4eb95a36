"""Letters that tell: whom each goes to and what it says, read from the books when it is sent."""

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.render import Renderer
from bot.usecases.orders.withdrawals import split_money
from bot.usecases.questions.commands import label_of, words_of
from dialogs.kit import Params, Word
from dialogs.messages.letters import SendNote
from dialogs.order.costs import tax_shown, word_size
from dialogs.order.products import extra_shown, left_shown, product_word, seats_shown
from dialogs.renewal.shown import last_days
from services.accounts import accounts, consents
from services.accounts.accounts import AccountRecord
from services.companies import companies
from services.contacts import contacts
from services.einvoicing import einvoices
from services.orders import contract_over, order_record, withdrawals
from services.orders.order_record import OrderRecord
from services.orders.pricing import price
from services.payments import kept as kept_money
from services.payments import record
from services.questions import own_answers
from services.subscriptions import changes, subscription_record
from values import masked, rules
from values.money import Money, Vat
from values.payment import OFFLINE_PROVIDER, is_offline
from values.seller import Seller
from values.term import longest, term_shown

#: Notes on how to pay by transfer or postal slip.
TO_PAY = (rules.NOTE_INSTRUCTIONS, rules.NOTE_DEADLINE)
#: The documents that are accepted with an order.
OF_ORDER = ("terms", "clauses", "auto_renewal")


class NoteFacts(Struct, frozen=True):
    """The facts of a note: its addressee and the parameters of its texts.

    `kind` tells letters of one note apart: by transfer or by postal slip, a new service or one that goes on, known or
    unknown. `accepted` are the documents that are sent along.
    """

    to: str
    params: Params
    kind: str = ""
    accepted: tuple[consents.ConsentStatus, ...] = ()


def find_facts(connection: sa.Connection, job: SendNote, renderer: Renderer, locale: str) -> NoteFacts | None:
    """None where what it was to tell of isn't there any more.

    `locale` is the letter's language: answers to the seller's own questions are said in it.
    """
    seller = renderer.seller
    if job.note == rules.NOTE_USER_NAME:
        return _user_name(connection, job)
    if job.note == rules.NOTE_EMAIL_REPLACED:
        return NoteFacts(job.to, {"email": job.to})
    if job.note in (rules.NOTE_ADDRESS_PROPOSED, rules.NOTE_ADDRESS_REPLACED):
        theirs = accounts.get(connection, job.about)
        return NoteFacts(job.to, {"email": job.to}) if theirs is not None and theirs.status != "closed" else None
    if job.note == rules.NOTE_INVOICE_EMAIL:
        return _invoice_email(connection, job)
    if job.note == rules.NOTE_PASSWORD_REPLACED:
        mine = accounts.get(connection, job.about)
        return NoteFacts(mine.email, {"email": mine.email}) if mine is not None and mine.email else None
    if job.note in (rules.NOTE_WITHDRAWAL, rules.NOTE_WITHDRAWAL_DECIDED):
        return _withdrawal(connection, job)
    if job.note == rules.NOTE_ENDING:
        return _ending(connection, job, seller)
    order = order_record.get(connection, job.about)
    owner = accounts.get(connection, order.account_id) if order is not None else None
    if order is None or owner is None or (job.note in TO_PAY and not _carried(connection, order)):
        return None
    to = owner.email if job.note == rules.NOTE_WELCOME else job.to or order.billing.get("email") or owner.email
    kind = _kind(connection, job, order)
    about = {**order_shown(connection, order, seller), "goes_on": _goes_on(connection, order)}
    if job.note == rules.NOTE_MONEY_BACK:
        about |= _came_back(connection, order, seller)
    if job.note == rules.NOTE_KEPT:
        gone = kept_money.find_changed_transfer(connection, order.id, job.at) if job.at is not None else None
        told = gone or kept_money.find_last_kept_transfer(connection, order.id)
        if told is None:
            return None
        about |= {"sum": Money(told.amount, told.currency)}
    if job.note != rules.NOTE_ORDER:
        return NoteFacts(to, {"user_name": owner.user_name, **about}, kind)
    about |= {"answers": _answers(connection, owner, order, renderer, locale, own=to == owner.email)}
    return NoteFacts(to, {"user_name": owner.user_name, **about}, kind, _accepted(connection, order, seller))


def _invoice_email(connection: sa.Connection, job: SendNote) -> NoteFacts | None:
    """Return where the account's invoices go now, for the reader of the mailbox that they went to.

    Both addresses that aren't the reader's are masked: the new one may be a thief's, or another person's.
    """
    owner, now = accounts.get(connection, job.about), einvoices.of_account(connection, job.about).email
    if owner is None or owner.status == "closed" or not now:
        return None
    known_as = owner.email or owner.user_name or ""
    login = known_as if known_as == job.to else masked.email(known_as)
    return NoteFacts(job.to, {"email": job.to, "new": masked.email(now), "login": login, "at": job.at})


def _withdrawal(connection: sa.Connection, job: SendNote) -> NoteFacts | None:
    """Return what a statement said, or came to, for its account's proven address.

    Any other address, which anybody may have typed, reads no free words: who stated it, if on a page, and the numbers
    named, as far as these have the form of names and numbers.
    """
    stated = withdrawals.get(connection, job.about)
    if stated is None:
        return None
    owner = accounts.get(connection, stated.account_id) if stated.account_id is not None else None
    order = order_record.get(connection, stated.order_id) if stated.order_id is not None else None
    proven = owner.email if owner is not None and _is_proven(connection, owner) else None
    back, kept = split_money(connection, order, stated.kept_back) if proven and order is not None else (None, None)
    about_order = [order.number] if order is not None else []
    numbers = about_order if proven else sorted(withdrawals.read_numbers(stated.words))
    about: Params = {
        "back": back,
        "kept": kept,
        "stated_at": stated.stated_at,
        "words": stated.words if proven else None,
        "log_in": "yes" if owner is None and job.name is None else None,
        "name": job.name or None,
        "number": ", ".join(numbers) or None,
        "reason": stated.reason if proven else None,
        "over": order is not None and contract_over.has_ended(connection, order.id),
    }
    kind = (stated.decision or "") if job.note == rules.NOTE_WITHDRAWAL_DECIDED else ""
    known = kind if proven else "unproven"
    return NoteFacts(proven or job.to, about, known) if proven or job.to else None


def is_to_stranger(job: SendNote, told: NoteFacts) -> bool:
    """Return whether the letter answers what somebody said in a chat, at an address that isn't proven."""
    return job.note == rules.NOTE_WITHDRAWAL and told.kind == "unproven" and job.name is None


def _ending(connection: sa.Connection, job: SendNote, seller: Seller) -> NoteFacts | None:
    """Return the last days of what its holder has ended: of all that runs and isn't renewed."""
    holder = subscription_record.holder(connection, job.about)
    if holder is None or holder.status == "closed":
        return None
    ends = [
        (of.product, of.ends_at) for of in subscription_record.list_owned(connection, holder.id) if not of.auto_renewal
    ]
    return NoteFacts(holder.email, {"until": last_days(ends, seller), "at": job.at}) if ends else None


def _is_proven(connection: sa.Connection, owner: AccountRecord) -> bool:
    mine = (one for one in contacts.of_account(connection, owner.id) if one.kind == "email")
    return any(one.value == owner.email and one.verified_at is not None for one in mine)


def _came_back(connection: sa.Connection, order: OrderRecord, seller: Seller) -> Params:
    """Return the sum that is back with its payer, the end of the service bought with it, or the rest that renews."""
    back = record.refunded_of(connection, [order.id]).get(order.id, 0)
    ends = (
        of.ends_at
        for of in subscription_record.of_order(connection, order.id)
        if of.end_reason in subscription_record.FINAL
    )
    stops = max((end for end in ends if end is not None), default=None)
    paid = [of.provider for of in record.of_order(connection, order.id) if of.paid_at is not None]
    by = "transfer" if paid[-1:] == [OFFLINE_PROVIDER] else "provider"
    gone = record.is_all_money_back(connection, order.id)
    left = left_shown(changes.find_left(connection, order) if gone else None, seller)
    return {"total": Money(back, order.currency), "stops": stops, "by": by, **left}


def _accepted(connection: sa.Connection, order: OrderRecord, seller: Seller) -> tuple[consents.ConsentStatus, ...]:
    """Return the documents that were accepted with the order, in the words that the customer read."""
    kept = {
        one.consent_id: one for one in consents.of_account(connection, order.account_id) if one.stands and one.words
    }
    return tuple(kept[id] for id in OF_ORDER if seller.accepts(id) and id in kept)


def _answers(
    connection: sa.Connection, owner: AccountRecord, order: OrderRecord, renderer: Renderer, locale: str, *, own: bool
) -> str | None:
    """Return the answers to the seller's own questions that the letter is to show, each with its label.

    Those kept with the account stand in its `own` mailbox only: another one reads of the company and the order.
    """
    asked = (question for question in renderer.seller.own_questions if question.shown_to("letter"))
    shown = [question for question in asked if own or question.keep != "account"]
    if not shown:
        return None
    about = {"account": owner, "company": companies.get(connection, order.company_id), "order": order}
    kept = {keep: own_answers.values(one.own_answers) for keep, one in about.items() if one is not None}
    # Not as stored: the conversation that they were given in may have had another language than the letter.
    rows = (
        f"{label_of(question.id, renderer, locale)}: {words_of(question, value, renderer, locale)}"
        for question in shown
        if (value := kept.get(question.keep, {}).get(question.id)) is not None
    )
    return "\n".join(rows) or None


def _kind(connection: sa.Connection, job: SendNote, order: OrderRecord) -> str:
    if job.kind:
        return job.kind
    if job.note in TO_PAY:
        return order.method
    if job.note != rules.NOTE_ACTIVATED:
        return ""
    added = any(item.adds is not None for item in order.items)
    return "added" if added else "renewed" if _goes_on(connection, order) else ""


def _goes_on(connection: sa.Connection, order: OrderRecord) -> bool:
    """Return whether the order continues something that the account has, instead of beginning something."""
    bought = {item.id for item in order.items}
    others = (s for s in subscription_record.of_account(connection, order.account_id) if s.order_id != order.id)
    running = any(s.product in bought and s.status in ("active", "grace") for s in others)
    return running or any(item.renews is not None for item in order.items)


def _carried(connection: sa.Connection, order: OrderRecord) -> bool:
    """Return whether the customer still has to carry the order's money to a bank.

    They may have withdrawn the order, or pay it otherwise now.
    """
    waits = any(payment.status == "pending" for payment in record.of_order(connection, order.id))
    return order.status == "placed" and is_offline(order.method) and waits


def _user_name(connection: sa.Connection, job: SendNote) -> NoteFacts:
    known = accounts.get(connection, job.about) if job.about else None
    params: Params = {"user_name": known.user_name if known is not None else None, "email": job.to}
    return NoteFacts(job.to, params, "" if known is not None else "unknown")


def order_shown(connection: sa.Connection, order: OrderRecord, seller: Seller) -> Params:
    """Return an order for the texts, as it was placed."""
    (plan, *extra) = order.items
    waits = (payment for payment in record.of_order(connection, order.id) if payment.status == "pending")
    begun = (s for s in subscription_record.of_account(connection, order.account_id) if s.order_id == order.id)
    runs = [plan.until, *(s.ends_at for s in (*begun, *subscription_record.renewed_by(connection, order.id)))]
    return {
        "number": order.number,
        "plan": product_word(plan.id, seller),
        **extra_shown(((item.id, item.quantity, item.once) for item in extra), seller),
        **term_shown(plan.term, added=plan.until, swaps=plan.adds is not None and bool(plan.instead)),
        **seats_shown(plan.id, plan.quantity, plan.unit_net, seller),
        "net": order.price.net,
        "vat": order.price.vat,
        **tax_shown(order.tax or Vat(plan.vat_percent, "home", order.billing["country"])),
        "gross": order.price.gross,
        **(_trial(order, seller) if order.trial else {"trial": None}),
        **_discount(order),
        "method": Word(f"option.method.{order.method}"),
        "auto_renewal": order.auto_renewal if any(item.renewing for item in order.items) else _once(order, seller),
        "chargeable": order.method in seller.chargeable,
        "charge_days": seller.renewal_rules.of_term(plan.term).charge_days,
        "name": order.billing.get("name"),
        "delivery": order.billing.get("pec") or order.billing.get("sdi_code"),
        "until": next((payment.expires_at for payment in waits), None),
        "ends": max((end for end in runs if end is not None), default=None),
    }


def _trial(order: OrderRecord, seller: Seller) -> Params:
    """Return the order's trial, what the first term costs behind it, and each later one where that differs."""
    paid = [replace(item, unit_net=seller.net_of(item.id, item.term) or 0) for item in order.items]
    first = price(paid, order.discount, order.currency).gross
    later = price([i for i in paid if i.renewing], order.discount and order.discount.next, order.currency).gross
    seats = seats_shown(paid[0].id, paid[0].quantity, paid[0].unit_net, seller)
    return {"trial": order.trial, "after": first, "later": later if later != first else None, **seats}


def _once(order: OrderRecord, seller: Seller) -> str | None:
    """Return that nothing of it renews itself: an extension is bought once; None for what has no term."""
    extensions = {program.extension for program in seller.programs}
    return "once" if any(item.id in extensions for item in order.items) else None


def _discount(order: OrderRecord) -> Params:
    taken = order.discount
    if taken is None:
        return {"discount": None, "size": None, "unfit": None}
    terms = taken.terms if order.auto_renewal and taken.term == 1 else 1
    span = longest(item.term for item in order.items)
    return {"discount": taken.code, "size": word_size(taken.percent, order.taken_off, span, terms), "unfit": None}
