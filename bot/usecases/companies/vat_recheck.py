"""The VIES check repeated before a renewal whose VAT depends on it.

The money is asked for a few minutes later, by the answer until then; without one the data on file stand, as the
customer was told.
"""

from datetime import timedelta

from bot.conversation.port import UnitOfWork
from bot.usecases.renewals import notifications
from bot.usecases.renewals.bills import find_company
from bot.usecases.renewals.notifications import HolderEnding
from dialogs.messages.company import CompanyFound, CompanyUnknown, LookUpCompanyLater
from services.companies import companies
from services.jobs.port import StoredJob
from services.subscriptions.renewals import RenewalProgress
from values.renewal import RenewalStep
from values.seller import Seller

WAIT = timedelta(minutes=10)


def make_vat_question(
    tx: UnitOfWork, seller: Seller, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep
) -> tuple[StoredJob, ...]:
    """Return the call that asks, before the first charge of this end.

    Nothing once its minutes are over, or where VAT is charged whatever VIES says.
    """
    first = step.action == "collect" and stands.order_id is None and tx.now < step.due_at + WAIT
    wanted = first and any(of.auto_renewal for of in ending.all)
    known = find_company(tx.connection, ending) if wanted else None
    if known is None or not _by_vies(seller, known):
        return ()
    asked = LookUpCompanyLater(known.billing.country, known.billing.tax_number, trade=True)
    return (notifications.job(tx, ending, "vies", asked),)


def note_vat_check(tx: UnitOfWork, seller: Seller, ending: HolderEnding, event: CompanyFound | CompanyUnknown) -> None:
    """Store the VIES result by which the order is taxed."""
    known = find_company(tx.connection, ending)
    if known is None or not _by_vies(seller, known):
        return
    if isinstance(event, CompanyUnknown):
        companies.set_check(tx.connection, company_id=known.id, check="not_found")
        return
    check = companies.VatCheck(event.checked_at or tx.now, event.check_id)
    companies.set_check(tx.connection, company_id=known.id, check="verified", vat_check=check)


def _by_vies(seller: Seller, known: companies.CompanyRecord) -> bool:
    return seller.tax(known.buyer).reason in ("reverse_charge", "unconfirmed")
