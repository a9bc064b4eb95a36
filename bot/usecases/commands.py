"""Acts: all that a conversation can write, each with the service that does it. The first half of the contents page;
the second is `bot/calls/`.

Every act runs in its turn's transaction and gives an outcome that its dialog reacts to at once. One file per subject;
each function takes the tools, the act, and what the turn lends it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.acts import (
    account,
    company,
    contact,
    discount,
    elsewhere,
    feedback,
    handoff,
    methods,
    on_file,
    order,
    own_data,
    payment,
    personal,
    purchases,
    renewal,
    service,
    unfinished,
)
from bot.acts.tools import Tools
from bot.telling import Telling
from bot.turn import ActDone
from dialogs.kit import Act, Event
from dialogs.words.account import (
    ChangeEmail,
    CreateAccount,
    LeaveAccount,
    OpenPage,
    StartReset,
    TakeStartLink,
    TellUserName,
)
from dialogs.words.company import ListCompanies, SaveCompany, SetCheck
from dialogs.words.contact import CheckCode, IssueCode, KeepPhone
from dialogs.words.einvoice import ActivateEInvoice, ChangeInvoiceEmail, ListInvoices, WithdrawEInvoice
from dialogs.words.elsewhere import CloseElsewhere, GoOnHere, OpenElsewhere
from dialogs.words.feedback import KeepFeedback, KeepReason
from dialogs.words.handoff import EndWait, LookAtWait, LookAtWriting, PutBack, RequestHuman
from dialogs.words.methods import ForgetMethod, SeeMethods, SetDefaultMethod
from dialogs.words.on_file import (
    CheckLoginCode,
    FindOnFile,
    MatchContact,
    RegisterCustomer,
    StartProof,
    StartResetOf,
)
from dialogs.words.order import CancelOrder, CheckDiscount, PlaceOrder, ResendConfirmation
from dialogs.words.own_data import EndLogIns, OpenOwnPage, PlanErasure
from dialogs.words.payment import BookPayment, BookRefund, ExpirePayment, GiveUpPayment, OpenPayment, ReopenPayment
from dialogs.words.personal import ListConsents, LogOut, SetConsents
from dialogs.words.purchases import BeginOrder, SeeAccount
from dialogs.words.renewal import (
    AcceptDocument,
    BeginRenewal,
    ReportCompany,
    ResumeReminders,
    SeeRenewed,
    StopReminders,
)
from dialogs.words.unfinished import RemindByEmail, ResumeByEmail
from dialogs.words.zone import OpenFreeVersion, SetAutoRenewal

TABLE: Mapping[type[Act], Callable[[Tools, Any, ActDone], Event]] = {
    OpenPage: account.open_page,
    CreateAccount: account.create_account,
    ChangeEmail: account.change_email,
    StartReset: account.start_reset,
    TellUserName: account.tell_user_name,
    LeaveAccount: account.leave_account,
    TakeStartLink: account.take_start_link,
    FindOnFile: on_file.find_on_file,
    MatchContact: on_file.match_contact,
    StartProof: on_file.start_proof,
    RegisterCustomer: on_file.register_customer,
    StartResetOf: on_file.start_reset_of,
    CheckLoginCode: on_file.check_login_code,
    IssueCode: contact.issue_code,
    KeepPhone: contact.keep_phone,
    CheckCode: contact.check_code,
    SaveCompany: company.save_company,
    ListCompanies: company.list_companies,
    ListConsents: personal.list_consents,
    SetConsents: personal.set_consents,
    LogOut: personal.log_out,
    EndLogIns: own_data.end_log_ins,
    PlanErasure: own_data.plan_erasure,
    OpenOwnPage: own_data.open_own_page,
    OpenElsewhere: elsewhere.open_elsewhere,
    GoOnHere: elsewhere.go_on_here,
    CloseElsewhere: elsewhere.close_elsewhere,
    SetCheck: company.set_check,
    ResendConfirmation: account.resend_confirmation,
    CheckDiscount: discount.check_discount,
    PlaceOrder: order.place_order,
    CancelOrder: order.cancel_order,
    OpenPayment: payment.open_payment,
    ReopenPayment: payment.reopen_payment,
    GiveUpPayment: payment.give_up_payment,
    ExpirePayment: payment.expire_payment,
    BookPayment: payment.book_payment,
    BookRefund: payment.book_refund,
    ActivateEInvoice: service.activate_einvoice,
    WithdrawEInvoice: service.withdraw_einvoice,
    ChangeInvoiceEmail: service.change_invoice_email,
    SeeAccount: purchases.see_account,
    BeginOrder: purchases.begin_order,
    BeginRenewal: renewal.begin_renewal,
    SeeRenewed: renewal.see_renewed,
    ReportCompany: renewal.report_company,
    AcceptDocument: renewal.accept_document,
    StopReminders: renewal.stop_reminders,
    ResumeReminders: renewal.resume_reminders,
    ListInvoices: service.list_invoices,
    OpenFreeVersion: service.open_free_version,
    SetAutoRenewal: service.set_auto_renewal,
    SeeMethods: methods.see_methods,
    SetDefaultMethod: methods.set_default_method,
    ForgetMethod: methods.forget_method,
    RemindByEmail: unfinished.remind_by_email,
    ResumeByEmail: unfinished.resume_by_email,
    RequestHuman: handoff.request_human,
    PutBack: handoff.put_back,
    LookAtWait: handoff.look_at_wait,
    LookAtWriting: handoff.look_at_writing,
    EndWait: handoff.end_wait,
    KeepFeedback: feedback.keep_feedback,
    KeepReason: feedback.keep_reason,
}


class DeskActs:
    """Does acts for one seller."""

    def __init__(self, tools: Tools, telling: Telling) -> None:
        self._tools = tools
        self._telling = telling

    def perform(self, act: Act, done: ActDone) -> Event:
        """Writes what the act says, with what the seller's system is told of it, and gives its outcome.

        Errors: KeyError for an act without a row in the table.
        """
        outcome = TABLE[type(act)](self._tools, act, done)
        self._telling.about(act, outcome, done)
        return outcome
