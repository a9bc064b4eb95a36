"""Tells a conversation as a person would read it: what the customer writes and presses, what the desk says and offers.

The customer's words go the desk's own way (hearing, dialogs, words); acts and calls have the outcomes of
`dialogs/explorer/outcomes.py`, the ordinary one unless the scene says otherwise. Time stands still.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from difflib import unified_diff
from functools import cache
from textwrap import wrap
from typing import Any

from msgspec.structs import replace

from benchmarks.thumbs.limits import TRANSCRIPTS, WRITE, by_language
from bot.conversation.inbound import Body, ButtonPressed, Inbound, Text, UnsupportedMedia
from bot.conversation.outbound import Card, ReachableChannels, with_consents
from bot.conversation.presenters import Presenters
from bot.conversation.replies import compose_message
from bot.conversation.stored import StoredMessage
from bot.conversation.understanding import AskedStep, MessageUnderstanding
from dialogs import kit
from dialogs.explorer.fates import results, usual
from dialogs.explorer.samples import MOMENT
from dialogs.journey import journey_of
from dialogs.state import ConversationState
from dialogs.testing.happenings import update_books
from dialogs.testing.stand_in import Books
from tests.dialogs.driver import BesideBooks
from tests.shipped import profile
from values.account_view import NO_BOOKS
from values.channel import Channel

WIDTH = 100
REACH = ("telegram",)


@cache
def hearing(name: str) -> MessageUnderstanding:
    known = profile(name)
    return MessageUnderstanding(journey_of(known.seller), known.renderer(), known.questions(), known.known)


@dataclass
class Teller(BesideBooks):
    """One conversation, and its transcript so far. `words` are a scene's, in the customer's language."""

    name: str
    locale: str
    case: ConversationState = field(default_factory=ConversationState)
    lines: list[str] = field(default_factory=list[str])
    buttons: dict[str, str] = field(default_factory=dict[str, str])  # payload by title, of all messages so far
    titles: dict[str, str] = field(default_factory=dict[str, str])
    due: dict[type[Any], list[kit.Event]] = field(default_factory=dict[type[Any], list[kit.Event]])
    held: dict[type[kit.Job], str] = field(default_factory=dict[type[kit.Job], str])
    hold: set[type[kit.Job]] = field(default_factory=set[type[kit.Job]])
    cards: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    timers: dict[str, datetime] = field(default_factory=dict[str, datetime])
    asked: str | None = None
    stand_in: Books = field(init=False)
    keys: int = 0
    channel: Channel = Channel.REST
    said: list[StoredMessage] = field(default_factory=list[StoredMessage])  # in this scene
    words: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.profile = profile(self.name)
        self.hearing = hearing(self.name)
        self.renderer = self.hearing.renderer
        here = "https://desk.example"
        self.shows = Presenters(self.hearing.journey, self.renderer, bytes(32), here, here, ReachableChannels(here))
        self.stand_in = Books(self.profile.seller, MOMENT, NO_BOOKS)
        self.case = replace(self.case, talk=replace(self.case.talk, locale=self.locale))

    # --- what a scene says ---

    def scene(self, title: str) -> None:
        """A new conversation under a heading."""
        self.lines += ["", "", title, "=" * len(title)]
        self.case = replace(ConversationState(), talk=replace(ConversationState().talk, locale=self.locale))
        self.stand_in = Books(self.profile.seller, MOMENT, NO_BOOKS)
        self.said.clear()
        self.buttons.clear()
        self.cards.clear()
        self.due.clear()
        self.timers.clear()
        self.held.clear()
        self.hold.clear()

    def write(self, *texts: str) -> None:
        """The customer types."""
        for text in texts:
            self._line(">", text)
            self._hear(Text(text))

    def press(self, *titles: str) -> None:
        """The customer presses a button that stands in the conversation, by its title."""
        for title in titles:
            assert title in self.buttons, f"{title} isn't offered, only {', '.join(self.buttons)}"
            self._line(">", f"[{title}]")
            self._hear(ButtonPressed(self.buttons[title]))

    def chooses(self, *payloads: str) -> None:
        """The customer presses the buttons with these payloads, whatever they are called."""
        for payload in payloads:
            title = next((title for title, known in reversed(self.buttons.items()) if known == payload), None)
            assert title is not None, f"{payload} isn’t offered, only {self.buttons}"
            self.press(title)

    def tap(self, *names: str) -> None:
        """The customer presses what is called so in a scene's words."""
        self.press(*(self.words.buttons[name] for name in names))

    def tell(self, *names: str) -> None:
        """The customer types what is called so in a scene's words."""
        self.write(*(self.words.said.get(name, name) for name in names))

    def sends(self, kind: str) -> None:
        """The customer sends something that isn't text."""
        self._line(">", f"({kind})")
        self._hear(UnsupportedMedia(kind))

    def happens(self, what: str, event: kit.Event) -> None:
        """Something happens outside the chat."""
        self._line("*", what)
        self._play(event)

    def passes(self, what: str, timer: str) -> None:
        """Time passes, for the books alone."""
        self.stand_in = replace(self.stand_in, now=self.timers.pop(timer, MOMENT))
        self.happens(what, kit.TimerDue(timer))
        self.stand_in = replace(self.stand_in, now=MOMENT)

    def will(self, kind: type[kit.Command | kit.Job], *events: kit.Event) -> None:
        """The next acts or calls of this kind come to these outcomes."""
        self.due.setdefault(kind, []).extend(events)

    def later(self, kind: type[kit.Job]) -> None:
        """Results of this kind don't come by themselves."""
        self.hold.add(kind)

    def comes(self, what: str, kind: type[kit.Job], event: kit.Event) -> None:
        """The result of a held call comes."""
        self._line("*", what)
        self._play(kit.ResultOf(self.held.pop(kind), event))

    def person(self, what: str, event: kit.Event) -> None:
        """Somebody at the desk does something: told under their own mark."""
        self._line("@", what)
        self._play(event)

    @property
    def at(self) -> str:
        return self.hearing.journey.position(self.case, self._context(self.case)).path

    @property
    def context(self) -> kit.Context[ConversationState]:
        """The case as the dialogs see it."""
        return self._context(self.case)

    @contextmanager
    def unheard(self, what: str) -> Iterator[None]:
        """What was told in an earlier scene already is only named."""
        before = len(self.lines)
        yield
        del self.lines[before:]
        self._line("*", what)
        self._ask_again()

    # --- how it is played ---

    def _ask_again(self) -> None:
        step = self.hearing.journey.position(self.case, self._context(self.case))
        ctx = self._context(self.case)
        slots = kit.read_slots(self.case, step.dialog, ctx)
        card = self.hearing.journey.card(step, ctx)
        question = kit.Question(step, step.params(slots, ctx), step.options(slots, ctx), card=card)
        self._told(kit.Outcome(ctx, (), question, (), (), (), False))

    def _context(self, case: ConversationState) -> kit.Context[ConversationState]:
        books = self.stand_in.seen_in(case)
        return kit.Context(case, MOMENT, self.channel, self.profile.seller, REACH, books=books)

    def _hear(self, body: Body) -> None:
        inbound = Inbound(self.channel, "sender", f"key-{self.keys}", body)
        asked = AskedStep(None, {payload: title for title, payload in self.buttons.items()})
        ctx = self._context(self.case)
        self._play(self.hearing.hear(inbound, self.hearing.journey.position(self.case, ctx), ctx, asked=asked).said)

    def _key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def _perform(self, act: kit.Command, _key: str) -> kit.Event:
        if waiting := self.due.get(type(act)):
            outcome = waiting.pop(0)
            self.stand_in = update_books(self.stand_in, outcome, act)
        else:
            self.stand_in, outcome = usual(self.stand_in, act)
        return outcome

    def _result(self, job: kit.Job) -> kit.Event:
        waiting = self.due.get(type(job))
        return waiting.pop(0) if waiting else results(self.stand_in, job)[0]

    def _play(self, event: kit.Event) -> None:
        self.stand_in = update_books(self.stand_in, event)
        played = kit.decide(
            self.hearing.journey, self.case, event, context=self._context, perform=self._perform, new_key=self._key
        )
        self.case = played.case
        self.timers |= {timer.kind: timer.at for timer in played.timers if isinstance(timer, kit.SetTimer)}
        if played.held:
            self._kept_back(played)
        else:
            self._told(played)
        for issued in played.jobs:
            if type(issued.job) in self.hold or issued.job.background:
                self.held[type(issued.job)] = issued.key
            else:
                self._play(kit.ResultOf(issued.key, self._result(issued.job)))

    def _told(self, played: kit.Outcome[ConversationState]) -> None:
        said = compose_message(self.renderer, played, self.hearing.journey)
        if said is None:
            return
        self.buttons.update({one.title.removeprefix("☐ ").removeprefix("☑ "): one.payload for one in said.buttons})
        rows = () if said.card is None else said.card.rows
        self.buttons.update({choice.title: choice.payload for row in rows for choice in row.choices})
        self.buttons.update({f"✎ {row.label}": row.edit for row in rows if row.edit is not None})
        self.said.append(said)
        self._message(said)

    def _kept_back(self, played: kit.Outcome[ConversationState]) -> None:
        """What the dialogs say while a person speaks: for that person."""
        for say in played.says:
            self._line("(", self.renderer.say(say, played.case.talk.locale).replace("\n", " ") + " )")

    def _message(self, said: StoredMessage) -> None:
        self.lines.append("")
        if said.card is not None:
            self._card(said.card)
        text, buttons = with_consents(said.buttons, said.text), " ".join(f"[{one.title}]" for one in said.buttons)
        for line in text.split("\n") if text else ():
            self.lines += wrap(line, WIDTH, initial_indent="    ", subsequent_indent="    ") or [""]
        self.lines += [f"    → {self.shows.link(link, said.locale).title}" for link in said.links]
        self.lines += wrap(buttons, WIDTH, initial_indent="    ", subsequent_indent="    ")

    def _card(self, card: Card) -> None:
        """A card in whole; where it stood before, its title and what has changed."""
        before, now = self.cards.get(card.key, ()), tuple(card.lines)
        self.cards[card.key] = now
        shown = [line for line in now if line not in before or line == card.title]
        for line in "\n".join(shown).split("\n"):
            self.lines += wrap(line, WIDTH, initial_indent="    │ ", subsequent_indent="    │   ")

    def _line(self, mark: str, text: str) -> None:
        self.lines += ["", f"{mark} {text}"]

    @property
    def transcript(self) -> str:
        """All that was said; non-breaking spaces are shown as such by a reader's eye only."""
        return "\n".join(line.rstrip(" ") for line in self.lines).strip("\n") + "\n"


def stored(name: str) -> dict[str, str]:
    """The transcripts of this name by their languages, each of which begins with a line of its own."""
    return by_language(TRANSCRIPTS / f"{name}.txt")


def hold_to(name: str, locale: str, transcript: str) -> None:
    """Compares with the stored transcript, or writes it where OKIENKO_WRITE_TRANSCRIPTS is set."""
    if os.environ.get(WRITE):
        kept = sorted((stored(name) | {locale: transcript}).items())
        (TRANSCRIPTS / f"{name}.txt").write_text("".join(f"##### {one}\n{told}" for one, told in kept), "utf-8")
    before = stored(name).get(locale, "")
    differences = "\n".join(unified_diff(before.splitlines(), transcript.splitlines(), "stored", "told", lineterm=""))
    meant = f"if it is meant, run with {WRITE}=1 in one process"
    assert not differences, f"{name}, {locale}, differs; {meant}\n{differences}"
