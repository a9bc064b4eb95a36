"""Sample events at any step, for the walk: own data, other channels, and subscriptions that end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_type_hints

from msgspec import structs

from dialogs import offered
from dialogs import voice as recordings
from dialogs.elsewhere import EXPIRY
from dialogs.explorer import samples
from dialogs.explorer.explore import Sample
from dialogs.explorer.outcomes import CONTRACTS, LOG_INS, voluntary
from dialogs.explorer.samples import MOMENT, NUMBER, WAYS, outlooks, sample_view
from dialogs.handoff.handoff import UNANSWERED
from dialogs.handoff.proposals import WAITING
from dialogs.kit import Corrected, Event, FaqAnswered, NamedValue, OtherNamed, Said, SaidAloud, TimerDue
from dialogs.kit.silence import SILENCE
from dialogs.messages import account, elsewhere, handoff, on_file, own_data, payment, renewal, voice, withdrawal
from dialogs.renewal import notices
from dialogs.state import ConversationState
from values.account_view import Line
from values.channel import Channel
from values.consent import VOICE
from values.meaning import Answer, Consenting, Fact, Intent, NavigationCommand, Press, Remark, UnheardNote
from values.money import Money
from values.order import Bill
from values.renewal import Outlook
from values.rules import GIVE_UP
from values.seller import Seller
from values.term import TWO_YEARS

END = MOMENT + timedelta(days=30)
#: One that was made in the chat, the one of `sample_view`, one that isn't here.
ACCOUNTS = ("account-1", "account-2", "another account")


def of_own_pages(case: ConversationState) -> Iterator[Sample]:
    """Yield the results of the pages."""
    if case.own_data.link is None or case.account.id is None:
        return
    if case.own_data.page == "export":
        yield Sample("DataHandedOut", own_data.DataHandedOut(case.account.id))
    else:
        yield Sample("AccountErased", own_data.AccountErased("here", ordered=True))


def of_documents(seller: Seller) -> Iterator[tuple[Event, ...]]:
    """Yield the acceptance of each document by itself, taken back in its turn."""
    for document in ("terms", "clauses"):
        if seller.accepts(document):
            yield (Said(Press(f"{document}:accept")), Said(NavigationCommand("back")))


def of_own_data(case: ConversationState, seller: Seller) -> Iterator[tuple[Event, ...]]:
    """Yield wishes that words express at any step, and events of other conversations, the seller and the clock."""
    anywhere = tuple(
        "zone:export zone:erase contact:no_access einvoice:withdraw zone:einvoice_off zone:more"
        " zone:renewal_off zone:log_out".split()
    )
    anywhere += ("zone:invoices", "zone:log_ins", f"log_ins:end:{LOG_INS[1].id}", "zone:log_out_everywhere")
    for payload in anywhere:
        yield (Said(Press(payload)),)
    for words in ("I withdraw from the contract",):
        yield (Said(Intent("inform", 1.0), declared=words),)
        yield (Said(Intent("inform", 1.0), declared=words), withdrawal.ReplyAddressGiven("jan@example.com"))
    yield (withdrawal.WithdrawalKept("withdrawal-1", MOMENT, None, CONTRACTS), Said(Press("withdrawal:1")))
    kept = withdrawal.WithdrawalKept("withdrawal-1", MOMENT, NUMBER)
    yield (handoff.AgentTook("agent-1", "Anna"), kept, handoff.AgentLeft())
    yield (withdrawal.ActNoted(), withdrawal.ProofMailed())
    for accepted, why in ((True, None), (False, "It is a contract between firms.")):
        yield (withdrawal.WithdrawalJudged("withdrawal-1", accepted, NUMBER, why),)
    invoices = ("einvoice",) if seller.accepts("einvoice") else ()
    for ids in ((), ("privacy",), (*voluntary(seller), *invoices)):
        yield (Said(Consenting(refused=ids), typed=True),)
    for consent in voluntary(seller):
        yield (Said(Press(f"consents:withdraw:{consent}")),)
    for argument in (None, "close"):
        yield (Said(NavigationCommand("elsewhere", argument)),)
    yield (TimerDue(EXPIRY),)
    if case.account.id is None:
        return
    yield (own_data.DataHandedOut(case.account.id),)
    for by in ("elsewhere", "seller"):
        yield (own_data.AccountErased(by, on_file=True),)
    yield (own_data.SessionEnded(),)
    for why in ("password", "age"):
        yield (own_data.LogInOver(why),)
    for channel in Channel:
        yield (elsewhere.OpenedElsewhere(channel),)


def reminders(case: ConversationState, seller: Seller) -> Iterator[Sample]:
    """Yield reminders, where nothing else is going on."""
    idle = case.zone.page is None and not case.renewal.begun and case.account.entry in (None, "log_in")
    if "reminder" in seller.dialogs and case.reminder.offer is None and idle:
        program = seller.programs[0].product
        yield Sample("SubscriptionEnding", renewal.SubscriptionEnding(program, "R-0001", END, 30))


def of_renewals(seller: Seller) -> Iterator[tuple[Event, ...]]:
    """Yield subscriptions that run out anywhere, and renewals that wait for their money."""
    if seller.renewal is None:
        return
    plan = seller.plans[0].id
    lines = _lines(seller)
    for grace in (MOMENT, None):
        yield (renewal.SubscriptionLapsed(plan, MOMENT, grace, lines),)
    told = _to_pay(seller, plan, "account-1", again=False)
    yield (told, renewal.SubscriptionLapsed(plan, MOMENT, None, lines, told.order_id, told.number))
    bill = _bill(seller)
    for account_id in ACCOUNTS:
        for document in ("terms", "clauses", "auto_renewal"):
            if seller.accepts(document):
                waits = renewal.RenewalWaits(account_id, (document,), MOMENT, bill)
                yield (waits,)
                yield (waits, Said(Press("changed_terms:later")))
                yield (waits, renewal.DocumentAccepted(document, (), told=True))
        for again in (False, True):
            yield (_to_pay(seller, plan, account_id, again=again),)
    yield from _charges(seller, plan)
    yield (payment.StoredWayGone(WAYS[0].label),)
    yield from _notices(seller)
    if seller.programs:
        ending = renewal.SubscriptionEnding(seller.programs[0].product, None, END, 30)
        yield (ending, ending, Said(Press("renew:later")))
        yield (ending, renewal.SubscriptionLapsed(plan, END, None, lines))
        yield (ending, Said(NavigationCommand("stop")), Said(Press("zone:reminders")))
        yield (
            Said(NavigationCommand("stop", "reminders")),
            Said(NavigationCommand("stop")),
            renewal.RemindersSwitched(on=False, told=True),
        )


def _notices(seller: Seller) -> Iterator[tuple[Event, ...]]:
    """Yield each notice that is only said: with the first sample of each fact, then each other sample of one fact."""
    samples: Mapping[object, Sequence[object]] = {
        datetime: (END,),
        int: (30,),
        bool: (True, False),
        str: (WAYS[0].label,),
        str | None: (seller.plans[0].id, None),
        tuple[str, ...]: (tuple(one.id for one in seller.plans), ()),
        tuple[Line, ...]: ((*_lines(seller), ("former", 1)),),
        Outlook: [one for one in outlooks(seller) if one.kind in ("link", "ends")],
        Bill | None: (None, _bill(seller)),
    }
    for row in notices.SPOKEN:
        hints = get_type_hints(row.facts)
        facts = {name: samples[hints[name]] for name in row.facts.__struct_fields__}
        usual = row.facts(**{name: each[0] for name, each in facts.items()})
        yield (usual,)
        yield from ((structs.replace(usual, **{name: other}),) for name, each in facts.items() for other in each[1:])


def of_money(seller: Seller) -> Iterator[tuple[Event, ...]]:
    """Yield money that came back to the payer, and transfers that pay nothing."""
    if "payment" not in seller.dialogs:
        return
    part, whole = Money(10000, seller.currency), Money(36777, seller.currency)
    for ends_at in (END, None):
        yield (payment.MoneyBack("whole", NUMBER, whole, whole, ends_at),)
        yield (payment.MoneyBack("dispute", NUMBER, whole, whole, ends_at),)
    for kind in ("withdrawn", "ended", "failed"):
        yield (payment.MoneyBack(kind, NUMBER, whole, whole),)
        yield (payment.MoneyBack(kind, NUMBER, whole, whole, by_transfer=True),)
    for kind in ("part", "dispute_won", "dispute_lost"):
        yield (payment.MoneyBack(kind, NUMBER, part, whole),)
    for reason in ("wrong_amount", "wrong_currency", "already_paid", "cancelled", "returned", "moved"):
        yield (payment.TransferNotBooked("order-1", NUMBER, part, whole, reason),)
    yield (payment.PaymentDue("payment-1", NUMBER, whole, END),)


def _lines(seller: Seller) -> tuple[Line, ...]:
    """Return a plan, and some of each add-on."""
    return ((seller.plans[0].id, 1), *((addon.id, 2) for addon in seller.addons))


def _bill(seller: Seller) -> Bill:
    return Bill(_lines(seller), TWO_YEARS, 36777, seller.currency, 29422, "START20")


def _charges(seller: Seller, plan: str) -> Iterator[tuple[Event, ...]]:
    """Yield announced and made charges, with sellers who charge."""
    if not seller.chargeable:
        return
    label, gross = WAYS[0].label, (36777, seller.currency)
    yield (renewal.ChargeComing(plan, MOMENT, MOMENT, label, *gross, _bill(seller)),)
    yield (_charged(seller, plan, "account-1"),)
    told = _to_pay(seller, plan, "account-1", again=False)
    for refusal in ("declined", "needs_payer", "gone", "expired", "unanswered"):
        passing = refusal in ("declined", "unanswered")
        yield (structs.replace(told, refusal=refusal, label=label, retry_at=MOMENT if passing else None),)
    yield (structs.replace(told, refusal="declined", label=label),)


def _charged(seller: Seller, plan: str, account_id: str) -> renewal.RenewalCharged:
    money, bill = (36777, seller.currency), _bill(seller)
    return renewal.RenewalCharged(plan, account_id, "order-1", NUMBER, "payment-1", WAYS[0].label, *money, MOMENT, bill)


def _to_pay(seller: Seller, plan: str, account_id: str, *, again: bool) -> renewal.RenewalToPay:
    return renewal.RenewalToPay(
        plan=plan,
        ends_at=MOMENT,
        days=7,
        again=again,
        account_id=account_id,
        order_id="order-3",
        number=NUMBER,
        payment_id="payment-3",
        bill=structs.replace(_bill(seller), company="Znana sp. z o.o.") if again else _bill(seller),
    )


def of_recordings(seller: Seller) -> Iterator[tuple[Event, ...]]:
    """Yield recordings: heard, slow, too long, left alone; a number said back, right and wrong; a consent's end."""
    note, listen = Said(UnheardNote("note-1")), Said(Press(recordings.LISTEN.payload))
    if seller.accepts(VOICE):
        no_more = Said(Consenting(refused=(VOICE,)), typed=True)
        yield (note, listen, voice.NoteUnheard("silence"), no_more, note)
        yield (no_more,)
        yield (note, listen, voice.NoteUnheard("silence"), account.LoggedIn(sample_view(None)))
    yield (note, listen, voice.NoteUnheard("silence"), Said(Press(recordings.NOT_SO.payload)))
    yield (note, listen, TimerDue(recordings.SLOW), TimerDue(recordings.UNHEARD))
    yield (note, listen, voice.NoteUnheard("silence"))
    yield (note, listen, Said(Press("/help")))
    yield (Said(UnheardNote("note-1", seconds=61.0)),)
    number = SaidAloud((NamedValue(Fact("phone", "512000999"), "label.phone", "+48 512 000 999"),))
    yield (number,)
    yield (number, Said(Press(recordings.RIGHT.payload)))
    yield (number, Said(Press(recordings.WRONG.payload)))
    others = OtherNamed(NamedValue(Fact("phone", "512000999", corrects=True), "label.phone", "+48 512 000 999"))
    yield (others, Said(Press(offered.TAKE)))
    yield (voice.NoteDropped(), voice.NoteHeard("…"))
    yield (voice.NoteLost("note-1"), voice.NoteGivenUp(), voice.NoteKept())


def of_feedback() -> Iterator[tuple[Event, ...]]:
    """Yield feedback: yes; no, with and without a reason."""
    answered, no = FaqAnswered("any"), Said(Press("helpful:no"))
    yield (answered, answered, Said(Press("helpful:yes")))
    yield from ((answered, no, Said(reason)) for reason in (Remark("…"), Press("helpful:skip")))
    yield (Said(Remark("…")),)


def with_a_person() -> Iterator[tuple[Event, ...]]:
    """Yield a person's doings: taking over, giving back, ending, never answering, leaving."""
    came, said = handoff.AgentTook("agent-1", "Anna"), Said(Answer("…"))
    yield (came, said, said, handoff.AgentSpoke("agent-1", "Anna"), handoff.AgentLeft(), handoff.AgentLeft())
    yield (came, TimerDue(SILENCE), handoff.AgentLeft(done=True))
    yield (came, said, TimerDue(UNANSWERED))
    yield (came, handoff.AgentTook("agent-2", "Marek", "took_over"), handoff.AgentLeft(blocked=True))
    yield (came, handoff.LanguageSet("en"), handoff.AgentLeft())
    yield (came, handoff.ReplyAddressKept("jan@example.com"), handoff.AgentLeft())
    yield (came, handoff.AnswerMailed(), handoff.AnswerNotMailed("failed"))
    passed = handoff.AgentPassed("agent-2")
    yield (came, passed, said, TimerDue(UNANSWERED))
    yield (passed, said, handoff.AgentSpoke("agent-2", ""))
    yield (came, passed, handoff.AgentTook("agent-1", "Anna", "took_back"), passed, handoff.AgentSpoke("agent-2", ""))
    yield (came, TimerDue(GIVE_UP))
    yield (came, handoff.AgentGone("agent-2"), handoff.AgentGone("agent-1"))
    yield from ((came, handoff.AgentGone("agent-1", why)) for why in ("put_back", "logged_out"))
    yield (handoff.NetworkClosed(samples.MOMENT), came, handoff.NetworkClosed(samples.MOMENT))
    yield (came, said, elsewhere.OpenedElsewhere("web", "talk-2"))
    waits, held = (
        handoff.OpenRequest("asked", samples.MOMENT),
        handoff.OpenRequest("asked", samples.MOMENT, agent="agent-1"),
    )
    unread = (("Anna", "…"),)
    yield (handoff.TalkCame("account-1", unread, held), handoff.TalkCame("account-1", unread, waits))
    yield (handoff.TalkCame("account-2", unread, waits), handoff.AgentLeft())


def of_proposed_addresses() -> Iterator[tuple[Event, ...]]:
    """Yield addresses that a person types: asked about when they leave, at the first and at a second."""
    came = handoff.AgentTook("agent-1", "Anna")
    left, no = handoff.AgentLeft(), Said(Press("proposed_address:no"))
    for step in ("account.email", "einvoice.invoice_email", "orderer.orderer_email", "company.sdi_code"):
        yield (came, Corrected(step, "ABCDEF7" if step == "company.sdi_code" else "agents@example.com"), left)
    typed = tuple(Corrected("einvoice.invoice_email", text) for text in ("agents@example.com", "a2@example.com"))
    yield (came, *typed, left, no, Said(Press("proposed_address:no-2")), TimerDue(WAITING))


def of_customers_on_file(case: ConversationState) -> Iterator[Sample]:
    if (page := case.on_file.page) is not None:
        yield Sample("PasswordSet", account.PasswordSet(page, "credential-1"))
    if (letter := case.contact.letter) is not None and case.contact.email_proven_at is None:
        yield Sample("ProofFollowed", on_file.ProofFollowed(letter, "page-set_password", samples.MOMENT))
    if case.lost_password.sent:
        yield Sample("PasswordReplaced", account.PasswordReplaced())
