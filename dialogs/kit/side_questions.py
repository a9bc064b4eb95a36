"""Answers to questions about the open step, the same at every step: what for, must it be, who reads it, who are you."""

import re
from typing import Any

from msgspec.structs import replace

from dialogs.kit import moves
from dialogs.kit.journey import EDIT
from dialogs.kit.misses import HUMAN
from dialogs.kit.options import Option, Params, Word
from dialogs.kit.play import Runner
from values.kinds import kind_of
from values.meaning import MOST_OFFERED, ORDERING, Unclear

_WAYS_PAST = frozenset({"skip", "none", "later"})
_LONGEST_NAMED = 90
_UNNAMED = re.compile(r"[^\w ,'’()?!-]|\d")
"""A question that may hold a code, an address or a link isn't repeated: only plain words are."""


def answer(play: Runner[Any], question: str) -> bool:
    """Answer one of these questions; return False for another one."""
    seller = play.ctx.seller
    match question:
        case "ask_bot":
            play.say("kit.aside.bot", options=(HUMAN,))
        case "ask_where" | "ask_progress":
            moves.command(play, "where", None)
        case "ask_wait":
            _wait(play)
        case "ask_this":
            _ = play.ask("ask_what_is_this")
            if play.case.talk.answered:  # before anything is answered, the first step's help tells no more
                moves.explain(play)
        case "ask_next" if play.position.manners.counted and not play.journey.dialogs[play.position.dialog].browsed:
            play.say("kit.next", {"parts": play.journey.parts_ahead(play.position, play.ctx) or None})
        case "ask_readers":
            play.say("kit.aside.readers", {"seller": seller.name})
        case "ask_kept":
            play.say("kit.aside.kept", {"days": seller.privacy.conversations_days})
        case "ask_pay_later" if seller.sells:
            play.say("kit.aside.pay_later", {"days": seller.manners.payment_ttl.days})
        case "ask_need":
            play.say("kit.aside.free" if _has_a_way_past(play) else "kit.aside.needed")
            moves.explain(play)
        case "ask_step" | "ask_pay_later" | "ask_next":
            moves.explain(play)
        case "ask_later" | "ask_pause" | "ask_ads" | "ask_safe":
            play.say(f"kit.aside.{question.removeprefix('ask_')}")
        case "ask_cancel":
            _cancel(play)
        case "ask_restart":
            play.say("kit.aside.mistake")
        case "ask_leaving" if seller.sells and seller.auto_renewal != "none":
            play.say("kit.aside.leaving", options=(HUMAN,))
        case (
            "ask_currency"
            | "ask_price_in"
            | "ask_term"
            | "ask_leaving"
            | "ask_pay_by"
            | "other_payer"
            | "ask_pro_forma"
        ):
            say_question_unknown(play)
        case _:
            return False
    return True


def say_question_unknown(play: Runner[Any]) -> None:
    """Say that a question has no answer here, and what the open step is for."""
    play.say("kit.aside.unknown", options=(HUMAN,))
    moves.explain(play)


def offer_nearest_answers(play: Runner[Any], answers: tuple[str, ...]) -> None:
    """Offer the answers nearest to a question that has none; those that the seller has no more are left out."""
    options = _entries(play, answers)
    if not options:
        say_question_unknown(play)
        return
    play.say("kit.aside.nearest", {"near": _number(options)}, (*options, HUMAN))


def name_unanswered_questions(play: Runner[Any], questions: tuple[Unclear, ...]) -> None:
    """Name the questions of a message that have no answer, after those that have, and offer what is near them.

    The buttons below are those of this offer: what an answer before it lets one change stands on its own page.
    """
    play.says[:] = [replace(say, options=tuple(o for o in say.options if o.step != EDIT)) for say in play.says]
    told = {say.key for say in play.says}
    options = tuple(
        option
        for option in _entries(play, tuple(one for question in questions for one in question.candidates))
        if _answer(option.payload) not in told
    )[:MOST_OFFERED]
    named = all(len(one.text) <= _LONGEST_NAMED and not _UNNAMED.search(one.text) for one in questions)
    words = tuple(Word("kit.aside.quoted", (("question", one.text),)) for one in questions) if named else ()
    about: Params = {"named": "yes" if named else "no", "questions": words, "near": _number(options)}
    play.say("kit.aside.unanswered", about, (*options, HUMAN))


def _entries(play: Runner[Any], payloads: tuple[str, ...]) -> tuple[Option, ...]:
    """Return the buttons of entries, but of those that the seller has no more."""
    known = [one for one in dict.fromkeys(payloads) if one.partition(":")[2] in play.ctx.seller.answers]
    return tuple(Option(one, f"{_answer(one)}.asked") for one in known)


def _answer(payload: str) -> str:
    """Return the key of the answer that the button of an entry gives."""
    return payload.replace(":", ".", 1)


def _number(options: tuple[Option, ...]) -> str:
    return "none" if not options else "one" if len(options) == 1 else "several"


def _wait(play: Runner[Any]) -> None:
    """Tell how long what is awaited takes; where nothing is, how much is still to be answered."""
    said, step = len(play.says), play.position
    if not (step.elsewhere or kind_of(step.expects).one_time) or not play.ask("awaited") or len(play.says) == said:
        moves.command(play, "where", None)


def _cancel(play: Runner[Any]) -> None:
    """Tell how what is being filled in, or an order, is given up; a consent's own step tells how it is taken back."""
    acts = {option.binds for option in play.offered(play.position) if option.step == play.position.name} - {None}
    if acts and acts.isdisjoint(ORDERING):
        moves.explain(play)
    elif play.ctx.seller.sells:
        renews = not acts and any(one.auto_renewal for one in play.ctx.books.owned)
        play.say("kit.aside.leaving" if renews else "kit.aside.cancel_order", options=(HUMAN,))
    else:
        play.say("kit.aside.cancel")


def _has_a_way_past(play: Runner[Any]) -> bool:
    return any(option.payload.rpartition(":")[2] in _WAYS_PAST for option in play.offered(play.position))
