"""Orderer: the address for invoices, and a person whom the seller may call about the order."""

from dialogs.account.log_ins import is_idle
from dialogs.card_rows import shows
from dialogs.kit import Condition, Decision, Dialog, from_text, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.renewal import RenewalBegun
from dialogs.renewal.renewing import begun, under_way
from dialogs.state import Ctx, Orderer
from values import phone as phones
from values.address import parse_person_name
from values.email import parse as parse_email
from values.meaning import Expects
from values.parsing import Parsed

dialog = Dialog("orderer", Orderer, applies=begun, shown_as="renewal")


def _phone(text: str, _s: Orderer, ctx: Ctx) -> Parsed[str]:
    """Return a number of any country: nothing is sent there."""
    return phones.parse_callable(text, ctx.seller.country, allowed=())


def _begun(_s: Orderer, ctx: Ctx) -> bool:
    return begun(ctx)


def _known(slot: str) -> Condition[Orderer]:
    """Return the condition that the slot is filled, or the order placed."""
    return lambda s, c: getattr(s, slot) is not None or c.case.order.id is not None


dialog.ask(
    "invoice_email",
    Expects.email,
    slot="invoice_email",
    parse=from_text(parse_email),
    done=_known("invoice_email"),
    sheet=_begun,
)
dialog.ask(
    "person_name",
    Expects.person_name,
    slot="name",
    parse=from_text(parse_person_name),
    done=_known("name"),
    ahead=_begun,
    sheet=_begun,
)
dialog.ask("phone", Expects.phone, slot="phone", parse=_phone, done=_known("phone"), ahead=_begun, sheet=_begun)
dialog.ask(
    "orderer_email", Expects.email, slot="email", parse=from_text(parse_email), done=_known("email"), ahead=_begun
)


@dialog.always(RenewalBegun)
def afresh(s: Orderer, e: RenewalBegun, ctx: Ctx) -> Decision[Orderer]:
    """Take whoever ordered last, in rows of the card where each can be changed; ask where nobody is on file.

    After a silence no more of it is shown than was said in this conversation.
    """
    last = e.orderer
    if last is None or not all(shows("order", row, ctx.seller) for row in ("invoice_email", "orderer")):
        return then(Orderer())
    if is_idle(ctx):
        return then(s)
    invoices = e.view.einvoice_email if e.view is not None else None
    return then(Orderer(invoices or last.invoice_email, last.name, last.phone, last.email))


@dialog.always(LoggedIn)
def logged_in(s: Orderer, _e: LoggedIn, ctx: Ctx) -> Decision[Orderer]:
    """Keep the answers for the renewal that was being ordered when the log-in ended."""
    return then(s if under_way(ctx) else Orderer())
