"""Answers to questions about the open step, the same at every step: what for, must it be, who reads it, who are you."""

from typing import Any

from dialogs.kit import moves
from dialogs.kit.misses import HUMAN
from dialogs.kit.options import Option
from dialogs.kit.play import Runner
from values.meaning import BindingAct

_WAYS_PAST = frozenset({"skip", "none", "later"})


def answer(play: Runner[Any], question: str) -> bool:
    """Answer one of these questions; return False for another one."""
    seller = play.ctx.seller
    match question:
        case "ask_bot":
            play.say("kit.aside.bot", options=(HUMAN,))
        case "ask_progress":
            moves.command(play, "where", None)
        case "ask_ads":
            play.say("kit.aside.ads")
        case "ask_readers":
            play.say("kit.aside.readers", {"seller": seller.name})
        case "ask_kept":
            play.say("kit.aside.kept", {"days": seller.privacy.conversations_days})
        case "ask_pay_later" if seller.sells:
            play.say("kit.aside.pay_later", {"days": seller.manners.payment_ttl.days})
        case "ask_need":
            play.say("kit.aside.free" if _has_a_way_past(play) else "kit.aside.needed")
            moves.explain(play)
        case "ask_step" | "ask_pay_later":
            moves.explain(play)
        case "ask_currency" if seller.sells:
            play.say("kit.aside.currency", {"currency": seller.currency})
        case "ask_later":
            play.say("kit.aside.later")
        case "ask_safe":
            play.say("kit.aside.safe")
        case "ask_cancel":
            _cancel(play)
        case "ask_restart":
            play.say("kit.aside.mistake")
        case "ask_leaving" if seller.sells and seller.auto_renewal != "none":
            play.say("kit.aside.leaving", options=(HUMAN,))
        case "ask_currency" | "ask_leaving" | "ask_pay_by":
            unknown(play)
        case _:
            return False
    return True


def unknown(play: Runner[Any]) -> None:
    """Say that a question has no answer here, and what the open step is for."""
    play.say("kit.aside.unknown", options=(HUMAN,))
    moves.explain(play)


def near(play: Runner[Any], answers: tuple[str, ...]) -> None:
    """Offer the answers nearest to a question that has none; those that the seller has no more are left out."""
    known = [payload for payload in answers if payload.partition(":")[2] in play.ctx.seller.answers]
    options = tuple(Option(payload, f"{payload.replace(':', '.', 1)}.asked") for payload in known)
    if not options:
        unknown(play)
        return
    play.say("kit.aside.nearest", options=(*options, HUMAN))


def _cancel(play: Runner[Any]) -> None:
    """Tell how what is being filled in, or an order, is given up; a consent's own step tells how it is taken back."""
    acts = {option.binds for option in play.offered(play.position) if option.step == play.position.name} - {None}
    if acts and BindingAct.order not in acts:
        moves.explain(play)
    elif play.ctx.seller.sells:
        play.say("kit.aside.cancel_order", options=(HUMAN,))
    else:
        play.say("kit.aside.cancel")


def _has_a_way_past(play: Runner[Any]) -> bool:
    return any(option.payload.rpartition(":")[2] in _WAYS_PAST for option in play.offered(play.position))
