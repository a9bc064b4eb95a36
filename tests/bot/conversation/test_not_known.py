"""No answer by one who doesn't know, at any step of any seller: nothing is done or kept, and the desk helps."""

import tomllib

from msgspec.structs import replace

from bot.conversation.expectations import Expectations
from bot.conversation.inbound import Inbound, Text
from tests.architecture.rooms import ROOT
from tests.bot.conversation.test_titles_everywhere import cases
from tests.bot.conversation.test_words_that_bind import SELLERS
from tests.journeys.teller import hearing
from tests.nightly import each_by_day
from tests.table import table
from values.channel import Channel
from values.kinds import kind_of
from values.meaning import Faq, Intent, Meaning

SAID = tomllib.loads((ROOT / "tests/bot/conversation/not_known.toml").read_text(encoding="utf-8"))
FEWEST = 25
HELPS = ("help", "out_of_scope", "ask_")


def phrases(locale: str) -> list[str]:
    return [*SAID["first"].get(locale, ()), *SAID["second"].get(locale, ())]


def helps(meaning: Meaning) -> bool:
    return isinstance(meaning, Faq) or (isinstance(meaning, Intent) and meaning.name.startswith(HELPS))


@table("name", SELLERS)
def test_who_does_not_know_answers_nothing(name: str) -> None:
    known, share, wrong = hearing(name), each_by_day(24), list[str]()
    for at, ctx in enumerate(cases(name)):
        step = known.journey.position(ctx.case, ctx)
        expected = Expectations(known.journey, known.renderer).at(step, ctx)
        if step.effect is not None or kind_of(expected.expects).worded.says_all:  # a text that was asked for is text
            continue
        for locale in known.known:
            here = replace(ctx, case=replace(ctx.case, talk=replace(ctx.case.talk, locale=locale)))
            for said in phrases(locale)[at % share :: share]:
                heard = known.hear(Inbound(Channel.REST, "a" * 64, "m", Text(said)), step, here).said
                if not helps(heard.meaning) or heard.facts:
                    wrong.append(f"{step.path} {locale} {said!r}: {heard.meaning} {heard.facts}")
    assert not wrong, "\n".join(wrong)


def test_enough_ways_are_tried() -> None:
    assert all(len(phrases(locale)) >= FEWEST for locale in ("pl", "it", "en"))
