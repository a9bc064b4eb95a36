"""Acts about the company that invoices are made out to."""

import sqlalchemy as sa
from msgspec.structs import astuple

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles, one_of
from dialogs.kit import Event
from dialogs.messages import company
from dialogs.versions import load
from services.accounts import account_view, accounts
from services.companies import companies
from services.store.conversations import StoredConversation
from values import sdi_code
from values.account_view import AccountView, CompanyView


@handles(company.SaveCompany)
def save_company(deps: CommandDeps, command: company.SaveCompany, context: CommandContext) -> Event:
    """Save the confirmed company, unless the statement given with it is worded otherwise by now."""
    if (command.declares and not command.accepted) or not all(map(deps.still, command.accepted)):
        return company.WordsChanged()
    now = company.CompanySeen(command.data, command.email, command.delivery)
    saved = companies.confirm(
        context.connection,
        company_id=context.id,
        account_id=command.account_id,
        billing=_billing(command, now),
        seen=_billing(command, command.seen) if command.seen is not None else None,
        source=one_of(("mf", "gus", "vies", "seller", "customer"), command.source),
        check=one_of(("verified", "pending", "not_found"), command.check),
        vat_check=_vat_check(command),
        now=context.now,
    )
    if isinstance(saved, companies.CompanyChanged):
        return company.CompanyChangedMeanwhile()
    accounts.keep_answers(context.connection, account_id=command.account_id, given=command.answers)
    deps.documents(context, command.account_id, command.accepted)
    return company.CompanySaved(saved.id)


def _billing(command: company.SaveCompany, of: company.CompanySeen) -> companies.Billing:
    by_sdi = sdi_code.fields(of.delivery) if of.delivery is not None else (None, None)
    whole, where = (command.country, command.tax_number), of.data
    return companies.Billing(*whole, where.name, where.street, where.postal_code, where.city, *by_sdi, of.email)


def find_left_company(
    connection: sa.Connection, stood: StoredConversation | None, view: AccountView
) -> CompanyView | None:
    """Return the company that the chat gave to the account that it leaves for this one, which has none."""
    left = load(stood.state).account.id if stood is not None else None
    if left in (None, view.id) or view.company is not None:
        return None
    return account_view.company_view(companies.find_latest_company(connection, left))


@handles(company.SetCheck)
def set_check(deps: CommandDeps, command: company.SetCheck, context: CommandContext) -> Event:
    """Store the registers' late answer; about data that were changed meanwhile it says nothing."""
    check = one_of(("verified", "pending", "not_found"), command.check)
    known = companies.get(context.connection, command.company_id)
    if known is not None and command.data is not None and astuple(command.data)[:4] != known.billing.address:
        check = known.check
    companies.set_check(context.connection, company_id=command.company_id, check=check, vat_check=_vat_check(command))
    return company.CheckSet()


def _vat_check(command: company.SaveCompany | company.SetCheck) -> companies.VatCheck | None:
    at = command.vat_checked_at
    return None if at is None else companies.VatCheck(at, command.vat_check_id)
