"""Why a person is wanted, told from where the conversation stands: for the agents, who see it in the queue."""

from dialogs.state import Ctx

#: So many answers in a row that the open step couldn't take.
NOT_UNDERSTOOD = 3


def worth_inviting(ctx: Ctx) -> bool:
    """Whether a person is to look by the seller's own rules, asked for or not."""
    return reason_for(ctx) in ("vip", "large_order")


def reason_for(ctx: Ctx) -> str:
    """One of `dialogs.messages.handoff.REASONS`; the first that holds."""
    case, rules = ctx.case, ctx.seller.desk
    net = case.order.price.net.minor if case.order.price is not None else 0
    found = (
        ("erasure", case.own_data.wanted),
        ("vip", rules.is_vip(case.account.email)),
        ("payment", case.payment.status in ("failed", "expired")),
        ("large_order", rules.above is not None and net > rules.above),
        ("wrong_data", case.company.reporting or case.company.check == "not_found"),
        ("no_contact", case.on_file.refused == "no_contact"),
        ("not_understood", case.talk.misses >= NOT_UNDERSTOOD),
    )
    return next((reason for reason, holds in found if holds), "asked")
