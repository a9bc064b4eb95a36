"""The ways to answer a seller's own question: its buttons, its boxes, and how typed words are read."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace

from dialogs.company.data import find_seat_country, read_company
from dialogs.kit import Option, need_slot
from dialogs.kit.step import SKIP
from dialogs.own.conditions import last_answer
from dialogs.state import Ctx, OwnAnswers
from values.expected import Expected
from values.hours import zone_of
from values.kinds import kind_of
from values.kinds.date import parse_date
from values.kinds.number import parse_number
from values.parsing import Parsed
from values.question import NO, NONE, YES, OwnQuestion, parse_words

NAME = "own"
"""The dialog of all own questions."""
TOGGLE, DONE, SEVERAL = "toggle", "done", "several"
MOST_OFFERED = 40
"""Characters of an earlier answer that is offered as a button."""


def own_options(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> tuple[Option, ...]:
    """Return a button for each option, the one chosen last first, or a box for each and one that sends them."""
    if question.kind == "yes_no":
        return tuple(Option(f"{question.id}:{way}", f"option.{NAME}.{way}") for way in (YES, NO))
    each = {one: Option(f"{question.id}:{one}", f"option.{question.id}.{one}") for one in question.options}
    if question.kind == "several":
        return _options_of_several(s, question, each, ctx)
    last = last_answer(s, question, ctx)
    return tuple(each[one] for one in sorted(each, key=lambda one: one != last))


def _options_of_several(
    s: OwnAnswers, question: OwnQuestion, each: Mapping[str, Option], ctx: Ctx
) -> tuple[Option, ...]:
    one = {name: option for name, option in each.items() if name != NONE}
    none = (each[NONE],) if NONE in each else ()
    if question.mostly_one and question.id not in s.ticked:
        more = (Option(f"{question.id}:{SEVERAL}", f"option.{NAME}.{SEVERAL}"),) if len(one) > 1 else ()
        return (*one.values(), *more, *none)
    ticked = ticked_of(s, question, ctx)
    boxes = (Option(f"{question.id}:{TOGGLE}:{name}", o.key, ticked=name in ticked) for name, o in one.items())
    done = Option(f"{question.id}:{DONE}", f"option.{NAME}.{DONE}")
    return (*boxes, done, *none, *(replace(option, hidden=True) for option in one.values()))


def offer_skip_button(question: OwnQuestion, ctx: Ctx) -> tuple[Option, ...]:
    """Return the button past an optional row of the order's card, while it is open: else the row holds nothing up."""
    opened = is_optional_row(question) and ctx.case.talk.revising == f"{NAME}.{question.id}"
    return (Option(f"{question.id}:{SKIP}", f"option.{question.id}.{SKIP}"),) if opened else ()


def offer_last_answer(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> tuple[Option, ...]:
    """Return the answer of another order or company as a button."""
    last = last_answer(s, question, ctx)
    if not last or question.id in s.answers or len(last) > MOST_OFFERED:
        return ()
    return (Option(f"{question.id}:{last}", f"option.{NAME}.last", {"answer": last}),)


def parser(question: OwnQuestion) -> Callable[[str, OwnAnswers, Ctx], Parsed[Any]]:
    match question.kind:
        case "number":
            return lambda text, _s, _c: parse_number(text, minimum=question.min, maximum=question.max)
        case "date":
            return lambda text, _s, c: parse_date(text, today=_today(c), locale=c.case.talk.locale)
        case "text":
            return lambda text, _s, _c: parse_words(text)
        case _:
            read = need_slot(kind_of(question.expects).read)
            return lambda text, _s, c: read(text, _expected(question, c), c.case.talk.locale)


def _expected(question: OwnQuestion, ctx: Ctx) -> Expected:
    return Expected(
        question.expects, question.id, country=ctx.seller.country, seat=find_seat_country(read_company(ctx), ctx)
    )


def _today(ctx: Ctx) -> date:
    return ctx.now.astimezone(zone_of(ctx.case.find_country(ctx.books), ctx.seller.time_zone)).date()


def ticked_of(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> list[str]:
    last = last_answer(s, question, ctx) or ""
    ticked = s.ticked.get(question.id, last).split(",")
    return [one for one in boxes(question) if one in ticked]


def boxes(question: OwnQuestion) -> tuple[str, ...]:
    return tuple(one for one in question.options if one != NONE)


def is_optional_row(question: OwnQuestion) -> bool:
    return question.place == "pay" and not question.required


def yes_and_no(question: OwnQuestion) -> Mapping[str, str]:
    """Return what a yes or no in other words answers."""
    if question.kind == "yes_no":
        return {"affirm": f"{question.id}:{YES}", "deny": f"{question.id}:{NO}"}
    return {"deny": f"{question.id}:{NONE}"} if question.kind == "several" and NONE in question.options else {}
