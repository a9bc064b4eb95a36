"""Acts about the company that invoices are made out to."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, one_of
from dialogs.kit import Event
from dialogs.messages.company import (
    CheckSet,
    CompaniesListed,
    CompanySaved,
    ListCompanies,
    SaveCompany,
    SetCheck,
    WordsChanged,
)
from services.accounts import account_view, accounts
from services.companies import companies
from values import sdi_code


def save_company(tools: CommandDeps, act: SaveCompany, done: CommandContext) -> Event:
    """Save the confirmed company, unless the statement given with it is worded otherwise by now."""
    if (act.declares and not act.accepted) or not all(map(tools.still, act.accepted)):
        return WordsChanged()
    billing = companies.Billing(
        act.country,
        act.tax_number,
        act.data.name,
        act.data.street,
        act.data.postal_code,
        act.data.city,
        *(sdi_code.fields(act.delivery) if act.delivery is not None else (None, None)),
        act.email,
    )
    if act.legal_form is not None:
        accounts.set_legal_form(done.connection, account_id=act.account_id, legal_form=act.legal_form)
    saved = companies.confirm(
        done.connection,
        company_id=done.id,
        account_id=act.account_id,
        billing=billing,
        source=one_of(("mf", "gus", "vies", "seller", "customer"), act.source),
        check=one_of(("verified", "pending", "not_found"), act.check),
        contact_form=act.contact_form,
        vat_check=_vat_check(act),
        now=done.now,
    )
    tools.documents(done, act.account_id, act.accepted)
    return CompanySaved(saved.id)


def list_companies(tools: CommandDeps, act: ListCompanies, done: CommandContext) -> Event:
    """Those that the customer has confirmed."""
    views = (account_view.company_view(known) for known in companies.of_account(done.connection, act.account_id))
    return CompaniesListed(tuple(view for view in views if view is not None))


def set_check(tools: CommandDeps, act: SetCheck, done: CommandContext) -> Event:
    """Store the registers' late answer."""
    check = one_of(("verified", "pending", "not_found"), act.check)
    companies.set_check(done.connection, company_id=act.company_id, check=check, vat_check=_vat_check(act))
    return CheckSet()


def _vat_check(act: SaveCompany | SetCheck) -> companies.VatCheck | None:
    at = act.vat_checked_at
    return None if at is None else companies.VatCheck(at, act.vat_check_id)
