"""Every title of the desk's own at every step: its press, its page, its entry, an answer, or told where it belongs."""

from contextlib import suppress
from functools import cache
from unittest.mock import patch

from msgspec.structs import replace

from bot.conversation.expectations import Expectations
from bot.conversation.inbound import Inbound, Text
from dialogs.explorer import seller as explored
from dialogs.explorer.explore import SampleWorld, Walk, walk
from dialogs.explorer.outcomes import outcomes_for
from dialogs.kit import Said, decide
from dialogs.messages.account import OpenPage
from dialogs.messages.order import SeeAccount
from dialogs.messages.payment import SeeMethods
from dialogs.state import ConversationState, Ctx
from nlu.answer_words import SHIPPED
from nlu.binding import refuses
from nlu.commands import read_command
from nlu.languages.shipped import among
from nlu.understand import understand
from tests.bot.conversation.test_words_that_bind import SELLERS
from tests.journeys.teller import hearing, profile
from tests.nightly import each_by_day
from tests.table import table
from values.channel import Channel
from values.meaning import TITLE, BindingAct, Expected, Expects, Intent, Meaning, OptionWords, Press, SecretTyped
from values.parsing import fold_words

BY_NIGHT = 20_000
"""Cases at which a walk stops that is to find one for each step; a thirteenth of them by day."""
FEWEST_STEPS = 10
HEARD = frozenset({"inform", "log_out_others", "log_out_everywhere"})
"""Wishes that a title may say by itself: a value that is noted, a log-out."""
YES = OptionWords("agreement:yes", binds=BindingAct.agree)
AGREEMENT = Expected(Expects.choice, "agreement", (YES,))


class Enough(Exception):
    """The walk has gone far enough."""


@cache
def cases(name: str) -> dict[str, Ctx]:
    """Return one case for each step that a walk of a seller's journey soon reaches."""
    known, seller = hearing(name), profile(name).seller
    found: dict[str, Ctx] = {}
    seen: list[ConversationState] = []

    def short(world: SampleWorld[ConversationState]) -> Walk:
        def context(case: ConversationState) -> Ctx:
            if not seen or case is not seen[-1]:
                seen.append(case)
                ctx = world.context(case)
                found.setdefault(known.journey.position(case, ctx).path, ctx)
            if len(seen) > BY_NIGHT // each_by_day(13):
                raise Enough
            return world.context(case)

        return walk(replace(world, context=context))

    with patch.object(explored, "walk", short), suppress(Enough):
        explored.walk_seller.__wrapped__(seller)
    return found


@cache
def is_plain(title: str, name: str) -> bool:
    """Return whether a title says just yes, no, skip, enough, or a command, in one of the seller's languages."""
    known = hearing(name).known
    for locale, langs in ((code, among(known, code)) for code in known):
        words = [(lang.answers.yes, lang.answers.no, lang.answers.skip, lang.answers.enough) for lang in langs]
        words.append((SHIPPED.yes, SHIPPED.no, SHIPPED.skip, SHIPPED.enough))
        if any(title in answers for each in words for answers in each):
            return True
        if understand(title, AGREEMENT, locale=locale, known=known) == Press("agreement:yes"):
            return True
        if refuses(title, langs) or read_command(title, langs) is not None:
            return True
    return False


def is_its_own(meaning: Meaning, title: str, expected: Expected, name: str) -> bool:
    """Return whether a title is its button, its page, its entry, told elsewhere, or says just yes, no or skip."""
    if isinstance(meaning, Intent):
        return meaning.name in HEARD
    if isinstance(meaning, SecretTyped):
        return False
    if not isinstance(meaning, Press):
        return True
    offered = {o.payload for o in expected.options if title in map(fold_words, o.titles)}
    return is_plain(title, name) or meaning.payload in offered or meaning.payload == expected.pages.get(title)


def causes(ctx: Ctx, name: str, said: Said) -> tuple[type, ...]:
    """Return the commands that a message causes; to look at something is none."""
    seller = profile(name).seller
    played = decide(
        hearing(name).journey,
        ctx.case,
        said,
        context=lambda case: replace(ctx, case=case),
        perform=lambda act, _key: outcomes_for(act, seller)[0],
        new_key=lambda: "key",
    )
    return tuple(type(act) for act in played.acts if not isinstance(act, OpenPage | SeeAccount | SeeMethods))


@table("name", SELLERS)
def test_a_title_is_itself_at_every_step(name: str) -> None:
    known = hearing(name)
    titles = sorted(Expectations(known.journey, known.renderer).titles)
    places = cases(name)
    assert len(places) >= FEWEST_STEPS
    wrong: list[str] = []
    share = each_by_day(45)
    for at, (path, ctx) in enumerate(places.items()):
        step = known.journey.position(ctx.case, ctx)
        if step.effect is not None:  # the desk's own turn
            continue
        expected = Expectations(known.journey, known.renderer).at(step, ctx)
        for title in titles[at % share :: share]:
            heard = known.hear(Inbound(Channel.REST, "a" * 64, "m", Text(title)), step, ctx)
            meaning = heard.said.meaning
            if is_its_own(meaning, title, expected, name):
                elsewhere = isinstance(meaning, Press) and meaning.payload.startswith(TITLE)
                acts = causes(ctx, name, heard.said) if elsewhere else ()
            else:
                acts = causes(ctx, name, heard.said) if isinstance(meaning, Press) else (type(meaning),)
            wrong += [f"{path}: {title!r} is {meaning}, {acts}"] if acts else []
    assert not wrong, "\n".join(wrong)
