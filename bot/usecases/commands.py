"""Commands: all that a conversation can write, with the function of each.

A command runs in its turn's transaction; its dialog reacts to the outcome at once. `bot/usecases/jobs.py` is the table
of the jobs.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.conversation.turn import CommandContext
from bot.usecases.accounts import commands as accounts
from bot.usecases.accounts import confirmation
from bot.usecases.billing import commands as payment
from bot.usecases.channels import commands as elsewhere
from bot.usecases.command_deps import CommandDeps
from bot.usecases.companies import commands as company
from bot.usecases.contacts import commands as contact
from bot.usecases.einvoices import commands as service
from bot.usecases.handoff import commands as handoff
from bot.usecases.orders import commands as order
from bot.usecases.privacy import commands as own_data
from bot.usecases.reminders import commands as unfinished
from bot.usecases.renewals import commands as renewal
from bot.usecases.seller.events import SellerEvents
from dialogs.kit import Command, Event
from dialogs.messages.account import (
    ChangeEmail,
    CreateAccount,
    LeaveAccount,
    OpenPage,
    StartReset,
    TakeStartLink,
    TellUserName,
)
from dialogs.messages.company import ListCompanies, SaveCompany, SetCheck
from dialogs.messages.contact import CheckCode, CheckCodes, CheckLetterCode, IssueCode, KeepPhone
from dialogs.messages.einvoice import ActivateEInvoice, ChangeInvoiceEmail, ListInvoices, WithdrawEInvoice
from dialogs.messages.elsewhere import CloseElsewhere, GoOnHere, OpenElsewhere
from dialogs.messages.feedback import KeepFeedback, KeepReason
from dialogs.messages.handoff import EndWait, LookAtWait, LookAtWriting, PutBack, RequestHuman
from dialogs.messages.letters import RemindByEmail, ResumeByEmail
from dialogs.messages.on_file import (
    CheckLoginCode,
    FindOnFile,
    MatchContact,
    RegisterCustomer,
    StartProof,
    StartResetOf,
)
from dialogs.messages.order import BeginOrder, CancelOrder, CheckDiscount, PlaceOrder, ResendConfirmation, SeeAccount
from dialogs.messages.own_data import EndLogIns, OpenOwnPage, PlanErasure
from dialogs.messages.payment import (
    BookPayment,
    BookRefund,
    ExpirePayment,
    ForgetMethod,
    GiveUpPayment,
    OpenPayment,
    ReopenPayment,
    SeeMethods,
    SetDefaultMethod,
)
from dialogs.messages.renewal import (
    AcceptDocument,
    BeginRenewal,
    ReportCompany,
    ResumeReminders,
    SeeRenewed,
    StopReminders,
)
from dialogs.messages.zone import ListConsents, LogOut, OpenFreeVersion, SetAutoRenewal, SetConsents

TABLE: Mapping[type[Command], Callable[[CommandDeps, Any, CommandContext], Event]] = {
    OpenPage: accounts.open_page,
    CreateAccount: accounts.create_account,
    ChangeEmail: accounts.change_email,
    StartReset: accounts.start_reset,
    TellUserName: accounts.tell_user_name,
    LeaveAccount: accounts.leave_account,
    TakeStartLink: accounts.take_start_link,
    FindOnFile: accounts.find_on_file,
    MatchContact: accounts.match_contact,
    StartProof: accounts.start_proof,
    RegisterCustomer: accounts.register_customer,
    StartResetOf: accounts.start_reset_of,
    CheckLoginCode: accounts.check_login_code,
    IssueCode: contact.issue_code,
    KeepPhone: contact.keep_phone,
    CheckCode: contact.check_code,
    CheckLetterCode: confirmation.check_letter_code,
    CheckCodes: confirmation.check_codes,
    SaveCompany: company.save_company,
    ListCompanies: company.list_companies,
    ListConsents: accounts.list_consents,
    SetConsents: accounts.set_consents,
    LogOut: accounts.log_out,
    EndLogIns: own_data.end_log_ins,
    PlanErasure: own_data.plan_erasure,
    OpenOwnPage: own_data.open_own_page,
    OpenElsewhere: elsewhere.open_elsewhere,
    GoOnHere: elsewhere.go_on_here,
    CloseElsewhere: elsewhere.close_elsewhere,
    SetCheck: company.set_check,
    ResendConfirmation: accounts.resend_confirmation,
    CheckDiscount: order.check_discount,
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
    SeeAccount: order.see_account,
    BeginOrder: order.begin_order,
    BeginRenewal: renewal.begin_renewal,
    SeeRenewed: renewal.see_renewed,
    ReportCompany: renewal.report_company,
    AcceptDocument: renewal.accept_document,
    StopReminders: renewal.stop_reminders,
    ResumeReminders: renewal.resume_reminders,
    ListInvoices: service.list_invoices,
    OpenFreeVersion: service.open_free_version,
    SetAutoRenewal: service.set_auto_renewal,
    SeeMethods: payment.see_methods,
    SetDefaultMethod: payment.set_default_method,
    ForgetMethod: payment.forget_method,
    RemindByEmail: unfinished.remind_by_email,
    ResumeByEmail: unfinished.resume_by_email,
    RequestHuman: handoff.request_human,
    PutBack: handoff.put_back,
    LookAtWait: handoff.look_at_wait,
    LookAtWriting: handoff.look_at_writing,
    EndWait: handoff.end_wait,
    KeepFeedback: handoff.keep_feedback,
    KeepReason: handoff.keep_reason,
}


class CommandTable:
    """Runs commands for one seller."""

    def __init__(self, deps: CommandDeps, events: SellerEvents) -> None:
        self._deps = deps
        self._events = events

    def perform(self, command: Command, context: CommandContext) -> Event:
        """Run the command, store what the seller's system is told of it, and return its outcome.

        Errors: KeyError for a command without a row in the table.
        """
        outcome = TABLE[type(command)](self._deps, command, context)
        self._events.about(command, outcome, context)
        return outcome
