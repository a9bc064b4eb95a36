"""Commands that ask for the password of a customer whom only the seller's site, or a link of it, has named.

All that writes to the desk's books passes here (`Runner`), whatever led to it. What is private only to look at asks by
itself, as after a silence (`log_ins.ask_password_unless_fresh`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from dialogs.account.entry import wants_to_log_in
from dialogs.account.log_ins import is_told_by_site
from dialogs.kit import Command, Step
from dialogs.messages import account, company, contact, einvoice, elsewhere, order, own_data, payment, withdrawal, zone
from dialogs.state import Ctx

Asks = Callable[[Any, Ctx], bool]
_RETURNING = frozenset({"log_in", "forgot_password", "forgot_username"})
_WAY_IN = frozenset({"log_in", "account", "on_file", "lost_password"})


def _always(_command: Any, _ctx: Ctx) -> bool:
    return True


def _sends_invoices(email: str | None, ctx: Ctx) -> bool:
    """Return whether invoices would go to another address than those that the account has."""
    return email not in (None, ctx.books.email, ctx.books.einvoice_email)


def _orders(command: order.PlaceOrder, ctx: Ctx) -> bool:
    to = command.orderer.invoice_email if command.orderer is not None else None
    return command.way is not None or _sends_invoices(to, ctx)


def _changes(command: zone.MakeChange, _ctx: Ctx) -> bool:
    """Return whether it counts without anybody's paying by its link: at once for nothing, or as it renews."""
    return command.way is not None or command.start == "next_term" or not command.gross


ASKS: Mapping[type[Command], Asks] = {
    # contacts, the password, devices
    account.ChangeEmail: _always,
    account.StartReset: _always,
    contact.IssueCode: _always,
    contact.KeepPhone: _always,
    contact.TakeVouched: _always,
    own_data.ListLogIns: _always,
    own_data.EndLogIn: _always,
    own_data.EndLogIns: lambda command, _ctx: command.everywhere,
    elsewhere.OpenElsewhere: _always,
    elsewhere.CloseElsewhere: _always,
    elsewhere.GoOnHere: _always,
    # the file, and the erasure
    own_data.OpenOwnPage: _always,
    # where invoices go, and to whom
    einvoice.ActivateEInvoice: lambda command, ctx: _sends_invoices(command.email, ctx),
    einvoice.ChangeInvoiceEmail: _always,
    company.SaveCompany: lambda _command, ctx: bool(ctx.books.companies),
    # kept ways to pay
    order.PlaceOrder: _orders,
    payment.OpenPayment: lambda command, _ctx: command.stored is not None,
    payment.SetDefaultMethod: _always,
    payment.ForgetMethod: _always,
    zone.MakeChange: _changes,
    # ends
    zone.SetAutoRenewal: _always,
    zone.EndContract: _always,
    withdrawal.NameContract: _always,
}
"""When each of them asks; a command that isn't here never does."""


def hold_back(command: Command, ctx: Ctx) -> Command | None:
    """Return what is done instead of a command that asks for the password; None where it may be done."""
    asks = ASKS.get(type(command)) if is_told_by_site(ctx) else None
    return own_data.EndLogIns("proof") if asks is not None and asks(command, ctx) else None


def puts_off(step: Step[Any], ctx: Ctx) -> bool:
    """Return whether a step's answer isn't taken before the log-in.

    What a returning customer wants is about what the books have: a draft of theirs would change nothing there.
    """
    account = ctx.case.account
    if account.id is not None or step.dialog in _WAY_IN or step.name == "contact_channel":
        return False
    led = ctx.case.own_data.left is not None and wants_to_log_in(account, ctx)
    return led or account.entry in _RETURNING
