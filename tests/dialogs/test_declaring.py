"""A dialog that contradicts itself fails when it is declared, and names the culprit."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from dialogs.kit import (
    Answered,
    Context,
    Dialog,
    Journey,
    Option,
    Said,
    Slots,
    StateBase,
    Step,
    decide,
    need_slot,
    then,
)
from dialogs.kit.effects import Command, Decision
from dialogs.kit.messages import Event
from tests.dialogs.driver import SELLER
from values.meaning import Expects, Press


class Paints(Slots, frozen=True):
    colour: str | None = None
    done: str | None = None


class Case(StateBase, frozen=True):
    paint: Paints = Paints()


class Paint(Command):
    pass


class Painted(Event):
    pass


class PaintOver(Paint):
    first: str


def declared() -> tuple[Dialog[Paints], Step[Paints]]:
    dialog = Dialog("paint", Paints)
    return dialog, dialog.choose("colour", lambda _s, _c: (Option("colour:red", "red"),), slot="colour")


def press(dialog: Dialog[Paints], outcome: Event) -> Case:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    played = decide(
        Journey([dialog]),
        Case(),
        Said(Press("colour:red")),
        context=lambda case: Context(case, now, "rest", SELLER),
        perform=lambda _act, _key: outcome,
        new_key=lambda: "key",
    )
    return played.case


def ended(dialog: Dialog[Paints]) -> Dialog[Paints]:
    dialog.wait("end", Expects.nothing, done=lambda _s, _c: False, options=lambda _s, _c: ())
    return dialog


@pytest.mark.parametrize(
    ("name", "slot", "wrong"),
    [
        ("colour", {"slot": "colour"}, r"paint\.colour is declared twice"),
        ("shade", {"slot": "shade"}, "paint has no slot shade"),
        ("shade", {}, r"paint\.shade needs a slot or a `done`"),
    ],
)
def test_a_step_of_a_name_or_slot_that_can_t_be(name: str, slot: dict[str, Any], wrong: str) -> None:
    dialog, _ = declared()

    with pytest.raises(TypeError, match=wrong):
        dialog.choose(name, lambda _s, _c: (), **slot)


@pytest.mark.parametrize("named", [{"needs": ("shade",)}, {"edits": ("shade",)}], ids=["needs", "edits"])
def test_a_step_that_names_one_that_does_not_exist(named: Any) -> None:
    dialog, _ = declared()
    dialog.choose("done", lambda _s, _c: (), slot="done", **named)

    with pytest.raises(TypeError, match=r"paint\.done names paint\.shade"):
        Journey([dialog])


def test_two_reactions_to_one_event() -> None:
    dialog, colour = declared()

    @colour.on(Answered)
    def first(s: Paints, _e: Answered, _ctx: object) -> Decision[Paints]:
        return then(s)

    with pytest.raises(TypeError, match=r"paint\.colour already reacts to Answered"):
        colour.on(Answered)(first)
    dialog.always(Painted)(first)
    with pytest.raises(TypeError, match="paint already reacts to Painted"):
        dialog.always(Painted)(first)
    dialog.asked("ask_price")(first)
    with pytest.raises(TypeError, match="paint already answers ask_price"):
        dialog.asked("ask_price", "pay")(first)


def test_an_act_whose_outcome_nobody_takes() -> None:
    dialog, _ = declared()
    dialog.do("painting", lambda _s, _c: Paint(), done=lambda s, _c: s.done is not None)

    with pytest.raises(TypeError, match=r"paint\.painting caused Paint but does not react to Painted"):
        press(ended(dialog), Painted())


def test_an_act_that_never_gets_done() -> None:
    dialog, _ = declared()
    painting = dialog.do("painting", lambda _s, _c: Paint(), done=lambda s, _c: s.done is not None)
    painting.on(Painted)(lambda s, _e, _ctx: then(s))

    with pytest.raises(RuntimeError, match=r"act after act|again and again"):
        press(ended(dialog), Painted())


def test_what_needs_an_empty_slot_is_passed_by_or_changes_nothing() -> None:
    dialog, colour = declared()
    painting = dialog.do("painting", lambda s, _c: PaintOver(need_slot(s.done)), done=lambda _s, _c: False)
    painting.on(Painted)(lambda s, _e, _ctx: then(s))
    assert press(ended(dialog), Painted()).paint == Paints("red")

    colour.on(Answered)(lambda s, _e, _ctx: then(replace(s, colour="blue", done=need_slot(s.done))))
    assert press(dialog, Painted()).paint == Paints()


def test_a_journey_without_an_end() -> None:
    dialog, _ = declared()

    with pytest.raises(LookupError, match="never done"):
        press(dialog, Painted())
