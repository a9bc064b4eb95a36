"""The moves every dialog has, made once: back, cancel, start again, help, language, human, repeat, where, change."""

from dataclasses import dataclass, replace
from typing import Any

from dialogs.kit.journey import AnyStep
from dialogs.kit.play import Play
from dialogs.kit.words import Answered, Event, Option, Say, Word
from values.locale import parse_locale


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """The customer gives up what is being filled in; dialogs that hold something at stake react."""


@dataclass(frozen=True, slots=True)
class HumanAsked(Event):
    """The customer wants a person; the hand-off dialog reacts."""


@dataclass(frozen=True, slots=True)
class StartLinkOpened(Event):
    """`/start TOKEN`: the customer came by a start link of the seller's site."""

    token: str


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
            _restart(play)
        case "help":
            play.say(f"{play.position.path}.help")
        case "agent":
            play.deliver(HumanAsked())
        case "lang":
            _language(play, argument)
        case "where":
            done, of = play.journey.progress(play.case, play.ctx)
            play.say("kit.where", {"done": done, "of": of, "part": Word(f"part.{play.position.dialog}")})
        case _:  # repeat: the question comes again by itself
            play.say("kit.repeat")


def edit(play: Play[Any], name: str) -> None:
    """Opens an answered step again; the old answer stays until the new one comes."""
    step = play.journey.named(name, play.position.dialog)
    if step is None or not _can_be_asked(play, step):
        play.say("kit.not_now")
    elif _stands_behind_an_act(play, step) and step.revise is None and not step.changeable:
        play.say(f"kit.act_done.{_last_act(play).path}")
    else:
        play.talk(revising=step.path, editing=None, misses=0)


def take(play: Play[Any], step: AnyStep, event: Answered) -> None:
    """An answer, new or corrected: behind an act it goes the step's own way of revising."""
    if not _stands_behind_an_act(play, step) or step.changeable or step == play.journey.first_open(play.case, play.ctx):
        play.answer(step, event)
    elif step.revise is None:
        play.say(f"kit.act_done.{_last_act(play).path}")
    else:
        play.talk(revising=None, editing=None, misses=0)
        play.react(step, step.revise, event)


def back(play: Play[Any]) -> None:
    """One answer back; never over an act, but says so."""
    talk = play.case.talk
    if talk.revising or talk.editing:
        play.talk(revising=None, editing=None)
        return
    barrier = play.journey.barrier(play.case, play.ctx)
    answered = [s for s in map(play.journey.step, talk.answered) if play.journey.index(s) > barrier]
    if answered:
        play.case = play.journey.cleared(play.case, answered[-1])
    elif barrier >= 0:
        play.say(f"kit.act_done.{_last_act(play).path}")
    else:
        play.say("kit.back_first")


def _can_be_asked(play: Play[Any], step: AnyStep) -> bool:
    if step.awaits_machine or not step.editable(play.ctx):
        return False
    slots = getattr(play.case, step.dialog)
    return step.anytime or step.path in play.case.talk.answered or step.done(slots, play.ctx)


def _stands_behind_an_act(play: Play[Any], step: AnyStep) -> bool:
    return play.journey.index(step) <= play.journey.barrier(play.case, play.ctx)


def _last_act(play: Play[Any]) -> AnyStep:
    return play.journey.steps[play.journey.barrier(play.case, play.ctx)]


def _start(play: Play[Any], token: str | None) -> None:
    if token is not None:
        play.deliver(StartLinkOpened(token))
    elif play.case.talk.answered:
        play.say("kit.welcome_back")


def _cancel(play: Play[Any]) -> None:
    play.deliver(Cancelled())
    _forget(play)
    play.says.append(Say("kit.cancelled"))


def _restart(play: Play[Any]) -> None:
    play.deliver(Cancelled())
    _forget(play)
    play.says.append(Say("kit.restarted"))


def _forget(play: Play[Any]) -> None:
    """Clears the answers; each dialog says what outlives it (an account, a proven contact, a paid order)."""
    for dialog in play.journey.dialogs.values():
        slots = getattr(play.case, dialog.name)
        play.case = replace(play.case, **{dialog.name: dialog.afresh(slots)})
    kept = tuple(p for p in play.case.talk.answered if _still_done(play, p))
    play.talk(answered=kept, awaiting={}, revising=None, editing=None, misses=0)


def _still_done(play: Play[Any], path: str) -> bool:
    step = play.journey.step(path)
    return step.done(getattr(play.case, step.dialog), play.ctx)


def _language(play: Play[Any], argument: str | None) -> None:
    locale = parse_locale(argument) if argument else None
    if locale is not None and locale in play.ctx.seller.locales:
        play.talk(locale=str(locale))
        play.say("kit.language_changed")
    else:
        options = tuple(Option(f"/lang {code}", f"language.{code}") for code in play.ctx.seller.locales)
        play.say("kit.which_language", options=options)
