"""A question as the customer sees it, with its buttons pressed and their titles typed."""

from collections.abc import Mapping
from itertools import count

from msgspec import Struct, json
from msgspec.structs import replace

from bot.conversation.inbound import Body, ButtonPressed, Inbound, Text
from bot.conversation.replies import compose_message
from bot.conversation.titles_in_view import ButtonsInView
from bot.conversation.understanding import AskedStep
from dialogs import kit
from dialogs.explorer.fates import usual
from dialogs.explorer.samples import MOMENT, REACH
from dialogs.kit import Outcome, Said, options_of
from dialogs.state import ConversationState, Ctx
from dialogs.testing.happenings import update_books
from dialogs.testing.stand_in import Books
from tests.journeys.teller import hearing
from values.channel import Channel
from values.meaning import NavigationCommand

Played = Outcome[ConversationState]


class Shown(Struct, frozen=True):
    """A seller's question, as it was asked, with the titles of its buttons by payload."""

    name: str
    books: Books
    asked: Played
    titles: Mapping[str, str]


def press_button(shown: Shown, payload: str) -> Played:
    return _hear(shown, ButtonPressed(payload))


def type_words(shown: Shown, text: str) -> Played:
    return _hear(shown, Text(text))


def binds(shown: Shown, payload: str) -> bool:
    """Return whether a button of any step binds."""
    ctx, journey = _context(shown.asked.case, shown.books), hearing(shown.name).journey
    offered = (option for step in journey.steps for option in options_of(step, ctx))
    return any(option.payload == payload and option.binds is not None for option in offered)


def _hear(shown: Shown, body: Body) -> Played:
    known, ctx = hearing(shown.name), _context(shown.asked.case, shown.books)
    step, asked = known.journey.position(ctx.case, ctx), AskedStep(shown.asked.after, shown.titles)
    view = ButtonsInView(shown.asked.after, [(title, payload) for payload, title in shown.titles.items()])
    said = known.hear(Inbound(Channel.REST, "a" * 64, "m", body), step, ctx, asked=asked, view=view).said
    return _play(shown.name, shown.asked.case, shown.books, said)


def told(name: str, ctx: Ctx, books: Books, locale: str) -> Shown | None:
    """Return the open question in a language; None where it is the desk's own turn, or another is asked first."""
    known, talk = hearing(name), replace(ctx.case.talk, locale=locale, greeted=True)
    case = replace(ctx.case, talk=talk)
    step = known.journey.position(case, _context(case, books))
    if step.awaits_machine or step.effect is not None:
        return None
    asked = _play(name, case, books, Said(NavigationCommand("repeat")))
    message = compose_message(known.renderer, asked, known.journey)
    if message is None or asked.after != step.path:
        return None
    return Shown(name, books, asked, {button.payload: button.title for button in message.buttons})


def answers_of(played: Played) -> ConversationState:
    """Return what a conversation knows, without the manners of the talk."""
    return replace(played.case, talk=ConversationState().talk)


def left_by(played: Played) -> object:
    """Return what a turn left: the same for a press and for words, but for how it was given."""
    talk = replace(played.case.talk, told=None, misses=0)
    case = json.encode(replace(played.case, talk=talk), enc_hook=repr).replace(b'"word"', b'"button"')
    return case, played.after, [type(command) for command in played.commands]


def _play(name: str, case: ConversationState, books: Books, said: Said) -> Played:
    now, keys = [update_books(books, said)], count()

    def perform(command: kit.Command, _key: str) -> kit.Event:
        now[0], outcome = usual(now[0], command)
        return outcome

    return kit.decide(
        hearing(name).journey,
        case,
        said,
        context=lambda case: _context(case, now[0]),
        perform=perform,
        new_key=lambda: f"key-{next(keys)}",
    )


def _context(case: ConversationState, books: Books) -> Ctx:
    return kit.Context(case, MOMENT, "rest", books.seller, REACH, books=books.seen_in(case))
