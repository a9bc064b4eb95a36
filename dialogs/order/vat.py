"""VAT: an order may wait for VIES, where the buyer is to account for the tax. A step of the order dialog.

While VIES hasn't confirmed the number, the order would carry VAT as a consumer's does. That isn't done in silence: the
customer waits for the answer, which is told when it comes, or goes on with VAT.
"""

from msgspec.structs import replace

from dialogs.company.data import country, needs_vies, read_company
from dialogs.kit import Answered, Cards, Decision, Dialog, Option, Say, need_slot, then
from dialogs.messages.company import CompanyFound, CompanyUnknown, LookUpCompanyLater, RegisterSilent
from dialogs.order.costs import show_cart
from dialogs.state import Ctx, Order

CHARGE, WAIT = "charge", "wait"


def add_vat_check(dialog: Dialog[Order], card: Cards[Order]) -> None:
    """Declare the step, on this card, for sellers whose foreign buyers account for the VAT."""
    check = dialog.choose(
        "vat_check",
        _ways,
        slot="vat",
        when=_open,
        done=lambda s, _c: s.vat == CHARGE or s.id is not None,
        needs=("company.tax_number",),
        params=lambda s, ctx: {**show_cart(s, ctx), "waiting": s.vat == WAIT},
        card=card,
        early=False,
        intents={"affirm": "vat_check:wait", "deny": "vat_check:charge"},
        counted=False,
    )

    @check.on(Answered)
    def ask_vies_again(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
        """Ask VIES again if the customer waits, unless that is being done."""
        decided = replace(s, vat=str(e.value))
        company = read_company(ctx)
        under_way = any(label.endswith("/LookUpCompanyLater") for label in ctx.case.talk.awaiting)
        if e.value != WAIT or under_way:
            return then(decided)
        return then(decided, LookUpCompanyLater(country(company, ctx), need_slot(company.tax_number), trade=True))

    @dialog.always(CompanyFound)
    def tell_confirmed_number(s: Order, e: CompanyFound, ctx: Ctx) -> Decision[Order]:
        """Tell a customer who has waited; show a summary agreed to at another price anew."""
        if s.id is not None or e.source != "vies" or not needs_vies(read_company(ctx), ctx):
            return then(s)
        said = (Say("order.vat_confirmed", show_cart(s, ctx)),) if s.vat is not None else ()
        return then(replace(s, vat=None, pay=None), *said)

    @dialog.always(CompanyUnknown)
    def stop_awaiting_vies(s: Order, _e: CompanyUnknown, ctx: Ctx) -> Decision[Order]:
        """Stop waiting."""
        if s.id is not None or s.vat != WAIT:
            return then(s)
        return then(replace(s, vat=None), Say("order.vat_refused", show_cart(s, ctx)))

    @dialog.always(RegisterSilent)
    def let_customer_decide(s: Order, _e: RegisterSilent, ctx: Ctx) -> Decision[Order]:
        """Let the customer decide anew: VIES was away for all that time."""
        if s.id is not None or s.vat != WAIT:
            return then(s)
        return then(replace(s, vat=None), Say("order.vat_silent", show_cart(s, ctx)))


def _open(s: Order, ctx: Ctx) -> bool:
    company = read_company(ctx)
    undecided = company.vat_checked_at is None and company.check != "not_found"
    return s.id is None and company.tax_number is not None and needs_vies(company, ctx) and undecided


def _ways(s: Order, _ctx: Ctx) -> tuple[Option, ...]:
    charge = Option("vat_check:charge", "option.vat_check.charge")
    return (charge,) if s.vat == WAIT else (Option("vat_check:wait", "option.vat_check.wait"), charge)
