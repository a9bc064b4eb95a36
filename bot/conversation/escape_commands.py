"""The commands that work even where a dialog raises: start again, give up, ask for a person.

Played without the dialogs' reactions, as one of them is broken. Starting again leaves nothing of the conversation that
could raise: the customer is logged out, and what was ordered or bought stays with the account.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.conversation.inbound import Inbound, Pressed, Text
from bot.conversation.understanding import Heard
from dialogs.kit import Issued, Option, Played, Say, SetTimer, Talk
from dialogs.kit.play import Play
from dialogs.messages.handoff import HumanRequested, MailSupport, RequestHuman
from dialogs.state import Case
from values.desk_rules import GIVE_UP
from values.meaning import Command

AGENT = "agent"
WAYS = ("restart", "cancel", AGENT)
AskForPerson = Callable[[RequestHuman], HumanRequested]


def wanted(inbound: Inbound, heard: Heard | None) -> str | None:
    """Return which way out the message asks for, if any, whether or not it could be understood."""
    if heard is not None and isinstance(heard.said.meaning, Command):
        name = heard.said.meaning.name
    else:
        name = _payload(inbound).removeprefix("cmd:").removeprefix("/")
    return name if name in WAYS else None


def _payload(inbound: Inbound) -> str:
    match inbound.body:
        case Pressed(said) | Text(said) if said.strip().startswith(("/", "cmd:")):
            return said.strip()
        case _:
            return ""


def played(way: str, play: Play[Case], ask: AskForPerson) -> Played[Case]:
    """Take the way out. `play` is at the conversation as it is, `ask` puts it into the queue."""
    if way == AGENT:
        _to_a_person(play, ask)
        return play.played(ask=False)
    play.case = Case(Talk(locale=play.case.talk.locale, greeted=True), handoff=play.case.handoff)
    play.say("kit.begun_anew")
    try:
        return play.played(ask=True)
    except Exception:  # the first question is broken, too: the words above and a person are left
        play.say("", options=(Option("/agent", "option.agent"),))
        return play.played(ask=False)


def _to_a_person(play: Play[Case], ask: AskForPerson) -> None:
    was, email = play.case.handoff, play.case.handoff.email or play.case.account.email
    stored = ask(RequestHuman(email))
    waiting = replace(was, mode="waiting", asked_at=was.asked_at or stored.at, wished=True, told=True)
    play.case = replace(play.case, handoff=waiting)
    play.timers.append(SetTimer(GIVE_UP, play.ctx.now + play.ctx.seller.desk.give_up))
    play.says.append(Say("handoff.already" if not stored.first else "kit.person_asked"))
    if not was.told:
        # Awaited by nobody: a turn of its result would raise, too.
        play.calls.append(Issued(play.new_key(), MailSupport(email or None)))
