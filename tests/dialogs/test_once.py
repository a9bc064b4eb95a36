"""Outcomes kept with a context can't be out of date: no other context has it, unless nothing shown differs."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

import dialogs
from dialogs.journey import journey_of
from dialogs.kit import Command, Context, Event, Said, compute_once
from dialogs.kit.once import outcomes
from dialogs.kit.play import Runner
from dialogs.kit.talk import UNSHOWN
from dialogs.order.costs import show_cart
from dialogs.state import Cart, ConversationState, Ctx, Order
from tests.dialogs.driver import SELLER
from values.meaning import Press

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
CASE = ConversationState()


def _context(case: ConversationState = CASE) -> Ctx:
    return Context(case, NOW, "rest", SELLER)


def test_a_thing_is_worked_out_once_for_the_same_slots() -> None:
    asked: list[Order] = []

    @compute_once
    def worked(s: Order, _ctx: Ctx) -> int:
        asked.append(s)
        return len(asked)

    ctx, equal = _context(), Order()
    assert [worked(CASE.order, ctx), worked(CASE.order, ctx), worked(equal, ctx)] == [1, 1, 2]
    assert worked(CASE.order, _context()) == 3


def test_slots_made_and_dropped_are_never_taken_for_each_other() -> None:
    ctx = _context()
    assert [show_cart(Order(years=years), ctx)["years"] for years in (1, 2, 3, 1, 2, 3)] == [1, 2, 3, 1, 2, 3]


def test_a_context_made_of_another_begins_anew() -> None:
    ctx = _context()
    before = show_cart(CASE.order, ctx)
    dearer = replace(SELLER, plans=tuple(replace(plan, net=2 * plan.net) for plan in SELLER.plans))
    assert show_cart(CASE.order, replace(ctx, seller=dearer))["gross"] != before["gross"]
    assert not outcomes(replace(ctx, now=NOW))
    assert replace(ctx, now=NOW) == ctx  # what follows from a context is no part of it


def test_a_message_is_no_part_of_what_holds_in_a_case() -> None:
    seen: list[Ctx] = []

    @compute_once
    def worked(_s: Order, ctx: Ctx) -> int:
        seen.append(ctx)
        return len(seen)

    message = Said(Press("order:pay"), typed=True, about=("basic",))
    play = Runner(journey_of(SELLER), CASE, _context, nothing_performed, lambda: "key")
    understood = _context()
    assert worked(CASE.order, understood) == 1
    play.stand_in(understood)
    play.hear_in(lambda case: replace(_context(case), said=message, asked="order.pay", typed=True, about=("basic",)))
    assert play.ctx.said == message
    assert worked(CASE.order, play.ctx) == 1, "as it was understood"
    play.case = replace(play.case, cart=Cart(plan="other"))
    assert play.ctx.said == message
    assert worked(CASE.order, play.ctx) == 2, "another case"
    assert all((ctx.said, ctx.asked, ctx.typed, ctx.about) == (None, None, False, ()) for ctx in seen)


def test_only_manners_that_are_not_shown_leave_what_was_worked_out() -> None:
    def begun() -> tuple[Runner[ConversationState], Ctx]:
        play = Runner(journey_of(SELLER), CASE, _context, nothing_performed, lambda: "key")
        assert play.position.name
        return play, play.ctx

    play, before = begun()
    play.talk(told="help", edits=("plan",))
    play.talk(told=None)
    assert play.ctx is not before
    assert play.ctx.case is play.case
    assert outcomes(play.ctx) is outcomes(before)
    changes: tuple[dict[str, Any], ...] = (
        {"locale": "it", "told": "help"},
        {"revising": "account.email"},
        {"answered": ("account.entry",)},
    )
    for change in changes:
        play, before = begun()
        play.talk(**change)
        play.talk(edits=("plan",))
        assert outcomes(play.ctx) is not outcomes(before)
    play, before = begun()
    play.case = replace(play.case, cart=Cart(plan="other"))
    play.talk(told="help")
    assert outcomes(play.ctx) is not outcomes(before)


def nothing_performed(command: Command, key: str) -> Event:
    raise AssertionError(f"{command} was performed")


def test_no_dialog_looks_at_the_manners_that_are_not_shown() -> None:
    root = Path(dialogs.__file__).parent
    # `lost.py` fits a state before there is a context; the runner says what it keeps, and works nothing out.
    works_out = (p for p in root.rglob("*.py") if p.parent.name != "kit" or p.name in ("journey.py", "card.py"))
    looked = {
        (path.name, node.attr)
        for path in works_out
        if path.name != "lost.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "talk"
    }
    assert ("accepting.py", "locale") in looked
    assert not {(name, attr) for name, attr in looked if attr in UNSHOWN}
