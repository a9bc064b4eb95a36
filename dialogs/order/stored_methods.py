"""Stored ways to pay: a card or PayPal account that its provider keeps for the account, or a new one.

The steps belong to the dialog `order` (`dialogs/order/order.py` declares them at their place).
"""

from msgspec.structs import replace

from dialogs.account.log_ins import ask_password_unless_fresh
from dialogs.kit import Answered, Cards, Condition, Decision, Dialog, Option, Step, Word, then
from dialogs.state import Ctx, Order
from values.payment import StoredWay


def word_stored_way(way: StoredWay, ctx: Ctx) -> Word:
    """Return a stored way in words: its label, its last month, whether it is the default."""
    until = f"{way.expires_on:%m/%Y}" if way.expires_on is not None else None
    known = (("label", way.label), ("until", until), ("good", way.is_usable(ctx.now.date())))
    return Word("way.said", (*known, ("default", way.is_default)))


def list_stored_ways(s: Order, ctx: Ctx, method: str | None = None) -> tuple[StoredWay, ...]:
    """Return the stored ways of the chosen method, the default in front."""
    fit = [w for w in ctx.books.ways if w.method == (method or s.method) and w.is_usable(ctx.now.date())]
    return tuple(sorted(fit, key=lambda w: not w.is_default))


def declare(dialog: Dialog[Order], filled: Condition[Order], card: Cards[Order]) -> tuple[Step[Order], ...]:
    """Declare the steps and their reactions, on this card; `filled`: nothing is asked any more."""
    steps = tuple(_which_kind(dialog, name, filled, card) for name in ("card", "paypal"))
    one = dialog.choose(
        "saved",
        lambda s, c: tuple(
            Option(f"saved:{w.id}", "option.way.named", {"label": w.label}) for w in list_stored_ways(s, c)
        ),
        slot="way",
        when=lambda s, c: s.instrument == "saved" and len(list_stored_ways(s, c)) > 1,
        done=lambda s, c: s.way is not None or filled(s, c),
        needs=("card", "paypal"),
        card=card,
    )
    for step in steps:
        step.on(Answered)(take_stored_method)
    return (*steps, one)


def _which_kind(dialog: Dialog[Order], name: str, filled: Condition[Order], card: Cards[Order]) -> Step[Order]:
    """Declare the choice between a stored way and a new one, asked if there is one of the method."""

    def options(s: Order, ctx: Ctx) -> tuple[Option, ...]:
        stored = list_stored_ways(s, ctx, name)
        saved, another = (Option(f"{name}:{which}", f"option.{name}.{which}") for which in ("saved", "another"))
        if len(stored) == 1:
            saved = replace(saved, key="option.way.named", params={"label": stored[0].label})
        return (saved, another, replace(another, payload=f"{name}:new", hidden=True))

    return dialog.choose(
        name,
        options,
        slot="instrument",
        when=lambda s, c: s.method == name and bool(list_stored_ways(s, c, name)),
        done=lambda s, c: s.instrument is not None or filled(s, c),
        needs=("method",),
        card=card,
    )


def take_stored_method(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Take the stored way if it is the only one; of several, one is chosen next."""
    stored, again = list_stored_ways(s, ctx), ask_password_unless_fresh(ctx)
    if e.value == "saved" and again is not None:
        return then(s, again)
    only = stored[0].id if e.value == "saved" and len(stored) == 1 else None
    return then(replace(s, instrument="saved" if e.value == "saved" else "another", way=only))
