"""The customer's silence: counted anew with all that goes on, and reminded of outside of quiet hours."""

from datetime import datetime, timedelta
from typing import TypeVar

from dialogs.kit import effects, messages
from dialogs.kit.play import Outcome, Runner
from dialogs.kit.talk import StateBase
from values.hours import zone_of

C = TypeVar("C", bound=StateBase)
SILENCE = "silence"


def count_silence(play: Runner[C], *, spoke: bool) -> None:
    """Count silence anew: the customer spoke, or something else brought the talk on.

    Whoever speaks does so several times in a row: the timer of the first message stays, and `find_silence_start` is
    asked when it is due.
    """
    play.talk(reminded=False, reminded_again=False, closed=False)
    if play.case.talk.unreminded or not play.journey.reminds(play.position):
        play.timers.append(effects.DropTimer(SILENCE))
    else:
        play.timers.append(_rest(play, play.ctx.seller.manners.remind_after, or_earlier=spoke))


def find_silence_start(ctx: messages.Context[C]) -> datetime | None:
    """Return the moment from which the customer's silence is reminded of; None where they never wrote."""
    return None if ctx.came_at is None else _awake(ctx, ctx.came_at + ctx.seller.manners.remind_after)


def _awake(ctx: messages.Context[C], moment: datetime) -> datetime:
    """Return the moment, or the end of the customer's quiet hours that it lies in."""
    seller = ctx.seller
    return seller.manners.quiet.awake(moment, zone_of(ctx.case.find_country(ctx.books), seller.time_zone))


def _rest(play: Runner[C], after: timedelta, *, or_earlier: bool = False) -> effects.SetTimer:
    """Return the timer of silence for so long from now."""
    return effects.SetTimer(SILENCE, _awake(play.ctx, play.ctx.now + after), or_earlier)


def restart_silence_timer(play: Runner[C]) -> Outcome[C]:
    """Set the timer again: while a person has the talk it is theirs to remind."""
    play.timers.append(_rest(play, play.ctx.seller.manners.remind_after))
    return play.played(ask=False)


def remind_of_silence(play: Runner[C]) -> Outcome[C]:
    """Remind with the same question, once more the next day, then close kindly; the step stays.

    A machine's silence is no customer's.
    """
    talk, manners = play.case.talk, play.ctx.seller.manners
    if talk.closed or talk.unreminded or not play.journey.reminds(play.position):
        return play.played(ask=False, dropped=True)
    if play.position.awaits_machine:
        play.timers.append(_rest(play, manners.remind_after))
        return play.played(ask=False)
    if (waking := _rest(play, timedelta())).at > play.ctx.now:
        play.timers.append(waking)
        return play.played(ask=False)
    once = manners.remind_again_after >= manners.close_after
    if talk.reminded_again or (talk.reminded and once):
        play.talk(closed=True)
        play.say("kit.closed")
        return play.played(ask=False)
    play.talk(reminded=True, reminded_again=talk.reminded)
    play.say("kit.reminder_again" if talk.reminded else "kit.reminder")
    if talk.reminded or once:
        play.deliver(messages.RemindedLast())
    rest = manners.close_after if once else manners.close_after - manners.remind_again_after
    after = rest if talk.reminded or once else manners.remind_again_after
    play.timers.append(_rest(play, after))
    return play.played(ask=True)
