"""The moves every dialog has, made once: back, cancel, start again, help, language, human, repeat, where, change."""

from dataclasses import dataclass, field, replace
from typing import Any

from dialogs.kit.journey import EDIT, AnyStep
from dialogs.kit.play import Play
from dialogs.kit.words import Answered, Event, Option, Word
from values.locale import parse_locale

CLOSE = "close"
"""The argument of `/elsewhere` that ends what it began."""


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """The customer gives up what is being filled in; dialogs that hold something at stake react."""


@dataclass(frozen=True, slots=True)
class HumanAsked(Event):
    """The customer wants a person; the hand-off dialog reacts."""


@dataclass(frozen=True, slots=True)
class StopAsked(Event):
    """The customer said "stop"; dialogs that write first react. `sure`: it was said that they are meant."""

    sure: bool


@dataclass(frozen=True, slots=True)
class ElsewhereAsked(Event):
    """The customer wants to go on elsewhere; with `close`: to have nobody else go on with this conversation."""

    close: bool = False


@dataclass(frozen=True, slots=True)
class StartLinkOpened(Event):
    """`/start TOKEN`: the customer came by a start link of the seller's site."""

    token: str = field(repr=False)


def command(play: Play[Any], name: str, argument: str | None) -> None:
    """Carries out a command by its name."""
    match name:
        case "start":
            _start(play, argument)
        case "back":
            back(play)
        case "cancel":
            _cancel(play)
        case "restart":
            _give_up(play)
            play.say("kit.restarted")
        case "help":
            play.say(f"{play.position.path}.help", play.position.params(play.slots(play.position), play.ctx))
        case "agent":
            play.deliver(HumanAsked())
        case "stop":
            _stop(play, sure=argument is not None)
        case "lang":
            _language(play, argument)
        case "elsewhere":
            play.deliver(ElsewhereAsked(close=argument == CLOSE))
        case "where":
            done, of = play.journey.progress(play.case, play.ctx)
            part = Word(f"part.{play.journey.shown_dialog(play.position)}")
            play.say("kit.where", {"done": done, "of": of, "part": part})
        case _:  # repeat: the question comes again by itself
            play.say("kit.repeat")


def edit(play: Play[Any], name: str) -> None:
    """Opens an answered step again; the old answer stays until the new one comes."""
    named = play.journey.named(name, play.position.dialog)
    step = next((s for s in named if play.askable(s)), None)
    if step is not None:
        play.talk(revising=step.path, editing=None, misses=0)
    elif any(play.journey.is_answered(s, play.case, play.ctx) for s in named):
        say_act_done(play)
    else:
        play.say("kit.not_now")


def take(play: Play[Any], step: AnyStep, event: Answered) -> None:
    """An answer, new or corrected: behind an act it goes the step's own way of revising."""
    behind = play.journey.behind_an_act(step, play.case, play.ctx)
    if not behind or step.changeable or step == play.journey.first_open(play.case, play.ctx):
        play.answer(step, event)
    elif step.revise is not None:
        play.talk(revising=None, editing=None, misses=0)
        play.react(step, step.revise, event)
    else:
        play.talk(revising=None, editing=None)
        say_act_done(play)


def say_act_done(play: Play[Any]) -> None:
    """The last act can't be taken back; what is possible instead is offered."""
    act = play.journey.last_act(play.case, play.ctx)
    if act is not None:
        play.say(f"kit.act_done.{act.path}", options=act.instead(play.slots(act), play.ctx))


def back(play: Play[Any]) -> None:
    """One answer back; never over an act, but says so."""
    here, journey = play.position, play.journey
    if here.path == play.case.talk.revising or here.name == EDIT:
        play.talk(revising=None, editing=None)
        return
    answered = [s for s in journey.answered(play.case, play.ctx) if not journey.behind_an_act(s, play.case, play.ctx)]
    if answered:
        play.case = journey.cleared(play.case, answered[-1])
    elif journey.last_act(play.case, play.ctx) is not None:
        say_act_done(play)
    else:
        play.say("kit.back_first")


def _start(play: Play[Any], token: str | None) -> None:
    if token is not None:
        play.deliver(StartLinkOpened(token))
    elif not welcomed(play):
        play.say("kit.welcome_back")


def welcomed(play: Play[Any]) -> bool:
    """Whether this very reply greets already."""
    return any(say.key in ("kit.greeting", "kit.welcome_back") for say in play.says)


def _cancel(play: Play[Any]) -> None:
    """What is at stake says itself what became of it; where nothing is, the kit says that the answers are gone."""
    said = len(play.says)
    _give_up(play)
    if len(play.says) == said:
        play.say("kit.cancelled")


def _stop(play: Play[Any], *, sure: bool) -> None:
    """Whoever writes first stops; where nobody does, a bare "stop" is about what is being filled in."""
    said = len(play.says)
    play.deliver(StopAsked(sure))
    if len(play.says) > said:
        return
    if sure:
        play.say("kit.nothing_to_stop")
    else:
        _cancel(play)


def _give_up(play: Play[Any]) -> None:
    """Clears the answers; each dialog says what outlives it (an account, a proven contact, a paid order)."""
    play.gave_up = True
    play.deliver(Cancelled())
    for dialog in play.journey.dialogs.values():
        slots = getattr(play.case, dialog.name)
        play.case = replace(play.case, **{dialog.name: dialog.afresh(slots)})
    kept = tuple(step.path for step in play.journey.answered(play.case, play.ctx))
    play.talk(answered=kept, awaiting=_still_wanted(play), revising=None, editing=None, misses=0)


def _still_wanted(play: Play[Any]) -> dict[str, str]:
    """What was asked for on behalf of answers that are forgotten is let go; the rest may still come."""
    wanted: dict[str, str] = {}
    for label, key in play.case.talk.awaiting.items():
        step = play.journey.known(label.partition("/")[0])
        if step is None or step.done(play.slots(step), play.ctx):
            wanted[label] = key
    return wanted


def _language(play: Play[Any], argument: str | None) -> None:
    locale = parse_locale(argument) if argument else None
    if locale is not None and locale in play.ctx.seller.locales:
        play.talk(locale=str(locale))
        play.say("kit.language_changed")
    else:
        options = tuple(Option(f"/lang {code}", f"language.{code}") for code in play.ctx.seller.locales)
        play.say("kit.which_language", options=options)
