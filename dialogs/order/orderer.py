"""Orderer: the address for invoices, and a person whom the seller may call about the order."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from dialogs.account.log_ins import is_idle
from dialogs.contact.in_books import phone_of
from dialogs.kit import Answered, Condition, Decision, Dialog, Option, from_text, then
from dialogs.kit.card import shows
from dialogs.kit.reaction import never
from dialogs.messages.account import LoggedIn
from dialogs.messages.renewal import RenewalBegun
from dialogs.order.costs import orderer_of
from dialogs.renewal.renewing import is_choosing_renewal, is_ordering
from dialogs.state import Ctx, Orderer
from values import phone as phones
from values.address import parse_person_name
from values.email import parse as parse_email
from values.kinds import kind_of
from values.meaning import Expects
from values.parsing import Ok, Parsed

SAME = "same"
"""The answer that stands for what the account has on file."""
Parse = Callable[[str, Orderer, Ctx], Parsed[Any]]

dialog = Dialog("orderer", Orderer, applies=is_ordering, shown_as="renewal")


def _phone(text: str, _s: Orderer, ctx: Ctx) -> Parsed[str]:
    """Return a number of any country: nothing is sent there."""
    return phones.parse_callable(text, ctx.seller.country, allowed=())


def _begun(_s: Orderer, ctx: Ctx) -> bool:
    return is_ordering(ctx)


def _known(slot: str) -> Condition[Orderer]:
    """Return the condition that the answer is known, or the order placed."""
    return lambda s, c: getattr(orderer_of(s, c), slot) is not None or c.case.order.id is not None


def _ask(
    name: str, expects: Expects, slot: str, parse: Parse, on_file: Callable[[Ctx], str | None], *, ahead: bool = True
) -> None:
    """Declare a question about the orderer; what the account has on file is offered as its answer.

    After a silence that is masked: its owner knows it again, and whoever else sits there learns nothing.
    """
    kind = kind_of(expects)

    def shown(_s: Orderer, ctx: Ctx) -> str | None:
        value = on_file(ctx)
        if value is None or not is_idle(ctx):
            return value and str(kind.display(value))
        return kind.others.mask.hide(value) if kind.others.mask is not None else None

    def offered(s: Orderer, ctx: Ctx) -> tuple[Option, ...]:
        known = shown(s, ctx)
        return (Option(f"{name}:{SAME}", "option.same_as_account", params={"value": known}),) if known else ()

    def read(text: str, s: Orderer, ctx: Ctx) -> Parsed[Any]:
        value = on_file(ctx)
        return Ok(value) if value is not None and text.strip() == shown(s, ctx) else parse(text, s, ctx)

    step = dialog.ask(
        name,
        expects,
        slot=slot,
        parse=read,
        done=_known(slot),
        options=offered,
        ahead=_begun if ahead else never,
        sheet=_begun,
        on_file=shown,
        in_books=lambda s, c: getattr(orderer_of(s, c), slot),
    )

    @step.on(Answered)
    def take_given_value(s: Orderer, e: Answered, ctx: Ctx) -> Decision[Orderer]:
        """Take the value given, or the account's."""
        return then(replace(s, **{slot: on_file(ctx) if e.value == SAME else str(e.value)}))


def _account_email(ctx: Ctx) -> str | None:
    return ctx.case.find_email(ctx.books)


_ask("invoice_email", Expects.email, "invoice_email", from_text(parse_email), _account_email, ahead=False)
_ask("person_name", Expects.person_name, "name", from_text(parse_person_name), lambda c: c.case.find_name(c.books))
_ask("phone", Expects.phone, "phone", _phone, lambda ctx: phone_of(ctx.case.contact, ctx))
_ask("orderer_email", Expects.email, "email", from_text(parse_email), _account_email)


@dialog.always(RenewalBegun)
def take_last_orderer(s: Orderer, _e: RenewalBegun, ctx: Ctx) -> Decision[Orderer]:
    """Take whoever ordered last, in rows of the card where each can be changed; ask where nobody is on file.

    After a silence no more of it is shown than was said in this conversation.
    """
    rows = all(shows("order", row, ctx.seller) for row in ("invoice_email", "orderer"))
    known = rows and ctx.books.orderer is not None
    return then(s if known and is_idle(ctx) else Orderer(as_before=known))


@dialog.always(LoggedIn)
def keep_orderer_for_renewal(s: Orderer, _e: LoggedIn, ctx: Ctx) -> Decision[Orderer]:
    """Keep the answers for the renewal that was being ordered when the log-in ended."""
    return then(s if is_choosing_renewal(ctx) else Orderer())
