"""Outcomes of commands and jobs as sample events, the ordinary one first: for walks, diagrams and tests.

What is about an account's books has its outcomes from these (`dialogs/testing/stand_in.py`), and here only those that
come of something else; all together are in `fates.py`. A new command or job of other kinds needs a row here, else a
walk raises KeyError; one that names its `outcome` needs none.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT, NUMBER, company_view, sample_view
from dialogs.kit import Command, Event, Job
from dialogs.messages import (
    account,
    company,
    contact,
    einvoice,
    elsewhere,
    feedback,
    handoff,
    letters,
    on_file,
    order,
    own_data,
    payment,
    renewal,
    voice,
    withdrawal,
    zone,
)
from dialogs.state import Account, CompanyData, ConversationState, LogIn, PlacedOrder
from values.account_view import AccountView
from values.seller import Seller

FOUND = CompanyData("Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
STRUCK_OFF = (("business", MOMENT), ("vat", None))
MOVED = CompanyData("Pracownia Bursztyn sp. z o.o.", "ul. Nowa 1", "80-001", "Gdańsk")
CONTRACTS = (PlacedOrder("order-1"), PlacedOrder("order-2"))
_ANOTHERS = withdrawal.WithdrawalKept(
    "withdrawal-1", MOMENT, None, CONTRACTS, first=False, bound=False, left=True, anothers=True
)
TICKET = "ZG/2026/000001"
LOG_INS = (
    own_data.LogInLine("11f0", "web", True, MOMENT, MOMENT),
    own_data.LogInLine("22f0", "telegram", False, None, None),
)
CARRIED = ConversationState(account=Account(entry="log_in", login=LogIn("account-2", inside=True)))
DEAD = tuple(contact.CodeDead(reason) for reason in ("expired", "exhausted", "too_many_today"))
LIMITS = ("cool_down", "number", "number_day", "chat", "network", "prefix", "country", "paused", "ceiling", "tries")


def _later(account_id: str) -> Sequence[AccountView]:
    """Return the account when it is read again: its service runs, or has ended; one company, or two."""
    runs = replace(sample_view(company_view(), "paid"), id=account_id, einvoice_status="off")
    over = replace(runs, lapsed=(replace(runs.owned[0], ends_at=MOMENT, status="ended"),), owned=())
    second = replace(company_view(), id="company-3", tax_number="5260250274", name="Znana sp. z o.o.")
    return runs, replace(over, companies=(company_view(), second))


CODE_ENDS = ("unconfirmed", "unkept", "wrong", "expired", "declined", "limit", "unavailable", "page")
Outcomes = Callable[[Any], Sequence[Event]]


def _found(data: CompanyData, trade: bool) -> Event:
    """Return a register's answer; VIES's has a time."""
    return company.CompanyFound(data, "vies", MOMENT, "WAPI0001") if trade else company.CompanyFound(data, "mf")


COMMANDS: Mapping[type[Command], Outcomes] = {
    account.OpenPage: lambda a: (account.PageOpened(f"page-{a.purpose}"),),
    account.CreateAccount: lambda _a: (account.AccountCreated("account-1", "letter-1"),),
    account.ChangeEmail: lambda a: (
        account.EmailChanged(a.email, "letter-2"),
        account.EmailChangeStarted(a.email, "letter-6"),
    ),
    account.StartReset: lambda a: (account.ResetStarted("letter-3", a.email),),
    account.TellUserName: lambda _a: (account.UserNameSought("account-2"), account.UserNameSought(held_back=True)),
    account.LeaveAccount: lambda a: (account.AccountLeft(a.entry),),
    on_file.FindOnFile: lambda a: (
        on_file.NumberFound(),
        *(on_file.NumberRefused(reason) for reason in ("unknown", "registered", "no_contact")),
        *(() if a.asked else (on_file.NumberToLookUp(),)),
        *(on_file.NumbersLimited(seconds) for seconds in (3600, 86_000)),
    ),
    on_file.MatchContact: lambda _a: (on_file.ContactMatches(), on_file.ContactDiffers(), on_file.MatchesLimited(3600)),
    on_file.StartProof: lambda _a: (on_file.ProofStarted("letter-5"),),
    on_file.RegisterCustomer: lambda _a: (on_file.CustomerRegistered(), on_file.AlreadyRegistered()),
    on_file.StartResetOf: lambda a: (
        (on_file.ResetByLetter("letter-6", "anna.nowak@example.com"), on_file.ResetByLetter("letter-6", ""))
        if a.channel == "email"
        else (
            on_file.ResetByCode("challenge-2", "+48512000111"),
            on_file.ResetByCode("challenge-2", ""),
            contact.CodeLimited("chat", 90),
        )
    ),
    on_file.CheckLoginCode: lambda _a: (on_file.LoginCodeRight("page-reset_password"), contact.CodeWrong(4), *DEAD),
    account.TakeStartLink: lambda _a: (
        *(account.StartLinkTaken(entry) for entry in ("buy", "log_in", None)),
        account.StartLinkTaken("log_in", "renewal"),
        account.StartLinkTaken("forgot_password", "renewal"),
        elsewhere.CarriedOver(CARRIED, "telegram"),
        elsewhere.NotCarriedOver(),
        account.StartLinkTaken("log_in", "go_on"),
        account.StartLinkTaken(None, over=True),
        elsewhere.WentOn(CARRIED),
    ),
    contact.IssueCode: lambda _a: (
        contact.CodeIssued("challenge-1"),
        *(contact.CodeLimited(reason, 90) for reason in LIMITS),
    ),
    contact.KeepPhone: lambda a: (contact.PhoneKept(a.phone),),
    contact.CheckCode: lambda a: (contact.CodeRight(a.phone), contact.CodeWrong(4), *DEAD),
    contact.CheckLetterCode: lambda _a: (
        contact.EmailProven("anna.nowak@example.com", MOMENT),
        contact.CodeWrong(4),
        *DEAD,
    ),
    contact.CheckCodes: lambda a: (
        contact.CodesChecked(contact.CodeRight(a.phone), None),
        contact.CodesChecked(contact.CodeRight(a.phone), contact.EmailProven("anna.nowak@example.com", MOMENT)),
        contact.CodesChecked(None, contact.EmailProven("anna.nowak@example.com", MOMENT)),
        contact.CodesChecked(contact.CodeWrong(4), contact.CodeWrong(4)),
        *(contact.CodesChecked(dead, dead) for dead in DEAD),
    ),
    order.PlaceOrder: lambda a: (
        *((order.OrderRefused("words_unknown", a.documents),) if a.documents else ()),
        *((order.OrderRefused("trial_taken"),) if any(line.trial for line in a.lines) else ()),
    ),
    renewal.BeginRenewal: lambda _a: (renewal.RenewalBegun(None, company_view().tax_number),),
    order.ResendConfirmation: lambda _a: (order.ConfirmationRenewed("letter-4"),),
    order.CheckDiscount: lambda a: (
        order.DiscountGood(a.code),
        order.DiscountSpent(a.code, "used_up"),
        order.DiscountSpent(a.code, "used_by_customer"),
    ),
    payment.BookRefund: lambda _a: (payment.RefundBooked(NUMBER, True), payment.RefundBooked(NUMBER, False)),
    handoff.RequestHuman: lambda _a: (
        handoff.HumanRequested(MOMENT, True),
        handoff.HumanRequested(MOMENT, True, place=3, wait_minutes=4),
        handoff.HumanRequested(MOMENT, True, place=2),
        handoff.HumanRequested(MOMENT, True, opens_at=MOMENT),
        handoff.HumanRequested(MOMENT, True, full=True),
        handoff.HumanRequested(MOMENT, False),
    ),
    handoff.MoveTalk: lambda _a: (handoff.TalkMoved(held=True), handoff.TalkMoved(held=False)),
    handoff.TakeMoved: lambda a: (
        handoff.AgentTook("agent-1", "Anna") if a.request.agent is not None else handoff.HumanRequested(MOMENT, False),
        handoff.HumanRequested(MOMENT, True),
    ),
    handoff.PutBack: lambda a: (handoff.PutBackDone(held=True, cause=a.cause),),
    handoff.LookAtWriting: lambda a: (handoff.NotWriting(), handoff.StillWriting(a.at_most)),
    handoff.LookAtWait: lambda _a: (handoff.FellSilent(), handoff.StillTalking(MOMENT)),
    letters.RemindByEmail: lambda _a: (letters.ReminderReady("link-2"), letters.ReminderReady(None)),
    feedback.KeepFeedback: lambda a: (feedback.FeedbackKept("feedback-1", a.helpful),),
    renewal.ReportCompany: lambda _a: (renewal.CompanyReported("ticket-1", TICKET),),
    own_data.EndLogIns: lambda a: (
        (own_data.LogInOver(a.why, ended=2 if a.everywhere else None),)
        if a.here
        else (own_data.OtherLogInsEnded(1), own_data.OtherLogInsEnded(0))
    ),
    own_data.ListLogIns: lambda _a: (own_data.LogInsListed(LOG_INS), own_data.LogInsListed(LOG_INS[:1])),
    own_data.EndLogIn: lambda _a: (
        own_data.LogInEnded("here"),
        own_data.LogInEnded("ended", LOG_INS[:1]),
        own_data.LogInEnded("gone", LOG_INS),
    ),
    own_data.OpenOwnPage: lambda a: (own_data.OwnPageOpened(f"page-{a.purpose}"),),
    account.CheckLogInDigits: lambda _a: (
        *(account.LoggedIn(view) for view in _later("account-1")),
        account.DigitsRefused("wrong"),
        account.DigitsRefused("over"),
    ),
    account.EndHeldLogIn: lambda _a: (account.HeldLogInEnded(True), account.HeldLogInEnded(False)),
    elsewhere.OpenElsewhere: lambda _a: (elsewhere.ElsewhereReady("link-1"),),
    elsewhere.CloseElsewhere: lambda _a: (elsewhere.ElsewhereClosed(1), elsewhere.ElsewhereClosed(0)),
    elsewhere.GoOnHere: lambda _a: (elsewhere.WentOn(CARRIED), elsewhere.WentOn(None)),
    einvoice.SendInvoiceAgain: lambda a: (
        einvoice.InvoiceIssued(a.account_id, a.invoice, "anna@example.com", "sent"),
        einvoice.InvoiceIssued(a.account_id, a.invoice, "anna@example.com", "too_many"),
        einvoice.InvoiceIssued(a.account_id, a.invoice, None, "unproven"),
    ),
    withdrawal.KeepWithdrawal: lambda a: (
        withdrawal.WithdrawalKept("withdrawal-1", MOMENT, NUMBER, bound=a.account_id is not None),
        *((_ANOTHERS,) if a.account_id is not None else ()),
        withdrawal.WithdrawalKept("withdrawal-1", MOMENT, NUMBER, first=False),
        *(withdrawal.WithdrawalKept("withdrawal-1", MOMENT, NUMBER, decision=one) for one in ("accepted",)),
        *((withdrawal.WithdrawalKept("withdrawal-1", MOMENT, None, CONTRACTS),) if a.account_id is not None else ()),
    ),
    withdrawal.StandBehindWithdrawal: lambda _a: (
        withdrawal.WithdrawalKept("withdrawal-1", MOMENT, NUMBER, first=False),
        _ANOTHERS,
        withdrawal.NothingStated(),
    ),
    withdrawal.FindUndecided: lambda _a: (withdrawal.UndecidedFound("withdrawal-1"), withdrawal.UndecidedFound()),
    withdrawal.NameContract: lambda _a: (withdrawal.ContractNamed(NUMBER), withdrawal.NothingStated()),
    withdrawal.DecideWithdrawal: lambda a: (
        withdrawal.WithdrawalDecided(a.id, a.accepted, MOMENT, a.number, a.reason),
        withdrawal.WithdrawalDecided(a.id, a.accepted, MOMENT, a.number, a.reason, over=a.accepted),
        withdrawal.NothingStated(),
    ),
    zone.OpenFreeVersion: lambda _a: (
        zone.FreeVersionOpen(new=True),
        zone.FreeVersionOpen(new=False),
        zone.FreeVersionRefused(),
    ),
}
JOBS: Mapping[type[Job], Outcomes] = {
    on_file.LookUpOnFile: lambda _c: (on_file.OnFileLookedUp(answered=True), on_file.OnFileLookedUp(answered=False)),
    einvoice.SendInvoiceNotice: lambda _c: (einvoice.InvoiceNoticed(True), einvoice.InvoiceNoticed(False)),
    letters.SendLetter: lambda _c: (letters.LetterSent(), *map(letters.LetterFailed, letters.LETTER_REASONS)),
    contact.SendCode: lambda _c: (
        contact.CodeSent(MOMENT),
        contact.CodeNotSent("number_refused"),
        contact.CodeNotSent("unavailable"),
    ),
    company.LookUpCompany: lambda c: (
        _found(FOUND, c.trade),
        company.CompanyUnknown(),
        company.RegisterSilent(),
        *(company.CompanyFound(FOUND, "gus", struck_off=of, since=at) for of, at in STRUCK_OFF if not c.trade),
    ),
    company.LookUpCompanyLater: lambda c: (
        company.CompanyUnknown(),
        _found(MOVED, c.trade),
        company.CompanyFound(CompanyData("Sample sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk"), "gus"),
        company.RegisterSilent(),
    ),
    **dict.fromkeys(
        (payment.ConfirmPayment, payment.AskPayment, payment.AskReturned, payment.PollPayment),
        lambda c: tuple(
            payment.PaymentChecked(c.payment_id, state, 1, 36777, "PLN")
            for state in ("paid", "failed", "pending", "unknown")
        ),
    ),
    payment.AskCode: lambda c: (
        payment.PaymentChecked(c.payment_id, "paid", c.attempt, 36777, "PLN"),
        *(payment.PaymentChecked(c.payment_id, "refused", c.attempt, refusal=reason) for reason in CODE_ENDS),
    ),
    payment.RefundPayment: lambda c: (
        payment.RefundAnswered(c.payment_id, c.attempt, True),
        payment.RefundAnswered(c.payment_id, c.attempt, False),
    ),
    renewal.MailTicket: lambda _c: (renewal.TicketMailed(),),
    renewal.MailNotice: lambda _c: (renewal.RenewalMailed(), renewal.RenewalNotMailed()),
    payment.ForgetStored: lambda _c: (payment.StoredForgotten(),),
    payment.ForgetPayer: lambda _c: (payment.StoredForgotten(),),
    letters.SendNote: lambda c: (
        letters.NoteSent(c.note),
        *(letters.NoteFailed(c.note, reason) for reason in letters.NOTE_REASONS),
    ),
    handoff.MailSupport: lambda _c: (handoff.SupportMailed(), handoff.SupportNotMailed()),
    voice.Transcribe: lambda _c: (voice.NoteUnheard("silence"),),
    voice.KeepNote: lambda c: (voice.NoteKept(), voice.NoteLost(c.note)),
    handoff.MailAnswer: lambda _c: (handoff.AnswerMailed(), handoff.AnswerNotMailed("failed")),
}


def outcomes(effect: Command | Job) -> Sequence[Event]:
    """Return the outcomes of a command or job. Raises KeyError for one that has neither a row nor an `outcome`."""
    if effect.outcome is not None:
        return (effect.outcome(),)
    rows: Mapping[type[Any], Outcomes] = JOBS if isinstance(effect, Job) else COMMANDS
    return rows[type(effect)](effect)


def voluntary(seller: Seller) -> tuple[str, ...]:
    """Return the ids of the first of the seller's voluntary consents, if it has any."""
    return tuple(consent.id for consent in seller.voluntary)[:1]
