"""What the pages of the customer zone have in common."""

from dialogs.account.entry import renews_by_order as renews_by_order
from dialogs.kit import Chosen, Decision, Option, Tell, then
from dialogs.messages.company import AnotherCompany
from dialogs.state import Ctx, Zone

to_home = Option("zone:home", "option.zone.home")


def at_home(ctx: Ctx) -> bool:
    """E-invoices are no part of a purchase: home is where they are offered."""
    return "einvoice" in ctx.seller.dialogs and not ctx.seller.sells


def another_page(_s: Zone, e: Chosen, _ctx: Ctx) -> Decision[Zone]:
    """Nothing is changed here."""
    return then(Zone(), *((Tell(AnotherCompany()),) if e.value == "add_company" else ()))
