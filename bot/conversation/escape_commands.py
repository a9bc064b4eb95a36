"""The commands that work even where a dialog raises: start again, give up, ask for a person.

Played without the dialogs' reactions, as one of them is broken. Starting again leaves nothing of the conversation that
could raise: the customer is logged out, and what was ordered or bought stays with the account.
"""

from collections.abc import Callable

from msgspec.structs import replace

from bot.conversation.inbound import ButtonPressed, Inbound, Text
from bot.conversation.understanding import ParsedMessage
from dialogs.kit import IssuedJob, Option, Outcome, Say, SetTimer, TalkState
from dialogs.kit.play import Runner
from dialogs.messages.handoff import HumanRequested, MailSupport, RequestHuman
from dialogs.state import ConversationState
from values.meaning import NavigationCommand
from values.rules import GIVE_UP

AGENT = "agent"
WAYS = ("restart", "cancel", AGENT)
AskForPerson = Callable[[RequestHuman], HumanRequested]


def find_way_out(inbound: Inbound, heard: ParsedMessage | None) -> str | None:
    """Return which way out the message asks for, if any, whether or not it could be understood."""
    if heard is not None and isinstance(heard.said.meaning, NavigationCommand):
        name = heard.said.meaning.name
    else:
        name = _payload(inbound).removeprefix("cmd:").removeprefix("/")
    return name if name in WAYS else None


def _payload(inbound: Inbound) -> str:
    match inbound.body:
        case ButtonPressed(said) | Text(said) if said.strip().startswith(("/", "cmd:")):
            return said.strip()
        case _:
            return ""


def take_way_out(way: str, play: Runner[ConversationState], ask: AskForPerson) -> Outcome[ConversationState]:
    """Take the way out. `play` is at the conversation as it is, `ask` puts it into the queue."""
    if way == AGENT:
        _to_a_person(play, ask)
        return play.played(ask=False)
    play.case = ConversationState(TalkState(locale=play.case.talk.locale, greeted=True), handoff=play.case.handoff)
    play.say("kit.begun_anew")
    try:
        return play.played(ask=True)
    except Exception:  # the first question is broken, too: the words above and a person are left
        play.say("", options=(Option("/agent", "option.agent"),))
        return play.played(ask=False)


def _to_a_person(play: Runner[ConversationState], ask: AskForPerson) -> None:
    was, email = play.case.handoff, play.case.handoff.email or play.case.find_email(play.ctx.books)
    stored = ask(RequestHuman(email))
    waiting = replace(was, mode="waiting", asked_at=was.asked_at or stored.at, wished=True, told=True)
    play.case = replace(play.case, handoff=waiting)
    play.timers.append(SetTimer(GIVE_UP, play.ctx.now + play.ctx.seller.desk.give_up))
    play.says.append(Say("handoff.already" if not stored.first else "kit.person_asked"))
    if not was.told:
        # Awaited by nobody: a turn of its result would raise, too.
        play.jobs.append(IssuedJob(play.new_key(), MailSupport(email or None)))
