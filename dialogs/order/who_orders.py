"""The person who orders for the company."""

from msgspec.structs import replace

from dialogs.state import Ctx, Orderer


def orderer_of(s: Orderer, ctx: Ctx) -> Orderer:
    """Return who orders: as it was said here, else whoever ordered last, where that is taken over."""
    last = ctx.books.orderer
    if not s.as_before or last is None:
        return s
    invoices = s.invoice_email or ctx.books.einvoice_email or last.invoice_email
    name, phone, email = s.name or last.name, s.phone or last.phone, s.email or last.email
    return replace(s, invoice_email=invoices, name=name, phone=phone, email=email)
