"""Commands, jobs and events of the hand-off, between the desk and its agents."""

from datetime import datetime, timedelta
from typing import Literal

from dialogs.kit.effects import BackgroundJob, Command, Job
from dialogs.kit.messages import Event, WhoSpeaks
from values.private import Private, PrivateStruct

Left = Literal["put_back", "disabled", "logged_out"]
"""Why an agent answers no more: put back on purpose, the account switched off, logged out of the desk."""
Back = Left | Literal["waited", "nobody_came"]
"""Why a conversation returns to the queue; `nobody_came`: whoever it was passed on to."""
Came = Literal["took", "took_over", "took_back"]
"""How an agent comes to a conversation: by taking it, from a colleague, or back before a colleague came."""


class RequestHuman(Command):
    """Put the conversation into the queue for a person; durable. `reason` is one of REASONS."""

    email: Private[str | None]
    reason: str = "asked"


class HumanRequested(Event):
    """A stored request. `first` is False if it was there already; `place` in the queue counts from 1.

    `wait_minutes` is the median wait of recently served requests, None below the minimum sample; `opens_at`: nobody
    is there before; `full`: so many wait from the same network that this one stands in the second line.
    """

    at: datetime
    first: bool
    place: int = 1
    wait_minutes: int | None = None
    opens_at: datetime | None = None
    full: bool = False


class PutBack(Command):
    """Put the conversation back into the queue, at its old place."""

    cause: Back = "waited"


class PutBackDone(Event):
    """The conversation is in the queue again. `held` is False if no agent had it."""

    held: bool
    cause: Back = "waited"


class LookAtWriting(Command):
    """Check whether the agent is writing an answer: that gains time, but not beyond `at_most`."""

    at_most: datetime


class StillWriting(Event):
    """An answer is being written; check again at `until`."""

    until: datetime


class NotWriting(Event):
    """No answer is being written, or its time is over."""


class LookAtWait(Command):
    """Check whether neither an agent nor the customer has written for so long."""

    quiet_for: timedelta


class StillTalking(Event):
    """A message was written; check again at `until`."""

    until: datetime


class FellSilent(Event):
    """No message was written."""


class WaitEnded(Event):
    """The request is closed."""


class EndWait(Command):
    """End the request for a person without one. `noted`: the trail has it already, as a supervisor's act."""

    noted: bool = False
    outcome = WaitEnded


class NetworkClosed(Event):
    """A supervisor has ended all requests of this network, from which nothing is taken until then."""

    until: datetime


class MoveTalk(Command):
    """Send who has the conversation, and what was said here unread, to the account's other one, where it goes on."""

    to: str


class TalkMoved(Event):
    """The conversation was sent on. `held` is False where no person went along."""

    held: bool


class OpenRequest(PrivateStruct):
    """A request for a person as it stood where it was asked: its place in the queue, and the agent who has it."""

    reason: str
    asked_at: datetime
    email: Private[str | None] = None
    agent: str | None = None
    name: str = ""
    taken_at: datetime | None = None
    unanswered: bool = False


class TalkCame(WhoSpeaks):
    """A conversation of the same account goes on here.

    `lines` of agents that weren't read there, each after its speaker's name; `request`: the open one for a person.
    """

    account_id: str
    lines: Private[tuple[tuple[str, str], ...]] = ()
    request: Private[OpenRequest | None] = None


class TakeMoved(Command):
    """Open the request here as it stood, for the same agent; AgentTook if that one has it, else HumanRequested."""

    request: Private[OpenRequest]


class MailSupport(Job):
    """Send the seller's support the transcript, with the address to answer to.

    `why`: asked, erasure (the customer wants to be deleted), withdrawal (from a contract), invited (by the seller's own
    rules), or address (support was told before; now it is known where to answer).
    """

    reply_to: Private[str | None]
    why: str = "asked"


class SupportMailed(Event):
    """The mail server took it."""


class SupportNotMailed(Event):
    """The mail failed after all tries; the request is stored, and an alarm was raised."""


class AnswerMailed(Event):
    """An answer that its customer hadn't read went out by e-mail."""


class AnswerNotMailed(Event):
    """An answer stays in the chat alone: there is no address, its reader wants no e-mails, or none could be sent.

    `why` is no_address, stopped, failed or, where there was no need any more, read.
    """

    why: str


class MailAnswer(BackgroundJob):
    """Mail what an agent said and its customer hasn't read, as the journal has it when the e-mail leaves."""

    letter_id: str


class AgentTook(WhoSpeaks):
    """A person speaks from now on, by this name."""

    agent: str
    name: str
    how: Came = "took"


class AgentPassed(WhoSpeaks):
    """The agent, or a help desk, passes the conversation to another, who hasn't come yet."""

    agent: str


class LanguageSet(WhoSpeaks):
    """The language that the agent set for the customer."""

    locale: str


class ReplyAddressKept(WhoSpeaks):
    """The agent keeps an address, which the customer wrote, as the one for the answer."""

    email: Private[str]


class AgentSpoke(WhoSpeaks):
    """The agent wrote; the words are stored beside this event, not in it."""

    agent: str
    name: str


class AgentLeft(WhoSpeaks):
    """The agent gives the conversation back. `done`: the matter is settled, from the agent's side.

    `confirm`: the open step asks to confirm the agent's corrections; `blocked`: no message of the customer is taken
    any more, so nothing is said.
    """

    done: bool = False
    confirm: bool = False
    blocked: bool = False


class AgentGone(WhoSpeaks):
    """The agent doesn't answer any more, so another has to."""

    agent: str
    why: Left = "disabled"


#: Why a conversation waits for a person, the urgent ones first.
REASONS = (
    *("erasure", "withdrawal", "refund", "vip", "payment", "large_order", "wrong_data", "no_contact"),
    *("not_understood", "asked", "taken"),
)
