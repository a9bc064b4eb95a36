"""Every title of the desk's own at every step: its press, its page, its entry, an answer, or told where it belongs.

The title of a button in view is its press. No answer by one who doesn't know; the question who sees one's data: the
desk answers it, or an entry that lists it.
"""

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from unittest.mock import patch

from msgspec.structs import replace

from bot.conversation.expectations import Expectations
from bot.conversation.inbound import Inbound, Text
from bot.texts.catalogue import MissingText
from dialogs.explorer import seller as explored
from dialogs.explorer.explore import SampleWorld, walk
from dialogs.explorer.watch import Walk
from dialogs.kit import Said
from dialogs.state import ConversationState, Ctx
from dialogs.testing.stand_in import Books
from dialogs.to_pay import status_of
from nlu.answer_words import SHIPPED
from nlu.asked_text import calls_data_right
from nlu.binding import agrees_plainly, refuses
from nlu.choices import is_lost, read_enough
from nlu.commands import read_command
from nlu.languages.shipped import order_langs
from nlu.questions.faq import FaqIndex, FaqText
from nlu.understand import understand
from tests.architecture.rooms import ROOT
from tests.bot.conversation import in_view
from tests.bot.conversation.test_words_that_bind import SELLERS
from tests.journeys.teller import hearing, profile
from tests.nightly import each_by_day, portion
from tests.table import table
from values import meaning as meanings
from values.channel import Channel
from values.expected import TITLE, WISH, Expected
from values.kinds import kind_of
from values.parsing import fold_words, unaccent

FEWEST_STEPS = 20
BY_DAY = 61
"""Of so many cases one is tried by day, each time another title at a step."""
WRITTEN: tuple[Callable[[str], str], ...] = (
    *(str.lower, str.upper, unaccent),
    *("{}.".format, "„{}”".format, "«{}»".format, "{}!".format),
)
"""How people write a title that they read."""
CODED = (meanings.Expects.discount_code, meanings.Expects.sdi_code)
"""Capitals tell a code from a word there, so a title may be answered or pressed by how it is written."""


@cache
def places(name: str) -> tuple[tuple[Ctx, Books], ...]:
    """Return a case for each step of a seller's journey, without and with an account and an order, and the books."""
    known, seller = hearing(name), profile(name).seller
    found: dict[tuple[str, bool, bool], tuple[Ctx, Books]] = {}

    def coarse(ctx: Ctx) -> tuple[object, ...]:
        case = ctx.case
        return (*_stage(case), ctx.books.einvoice_status, status_of(ctx), case.zone.page, case.personal.page)

    def short(world: SampleWorld[ConversationState], *_heed: object, **_straight: object) -> Walk:
        def context(case: ConversationState, books: Books) -> Ctx:
            ctx = world.context(case, books)
            found.setdefault((known.journey.position(case, ctx).path, *_stage(case)), (ctx, books))
            return ctx

        once = {"once": lambda _case: ()} if each_by_day(2) > 1 else {}
        return walk(replace(world, context=context, shape=coarse, **once))

    with patch.object(explored, "walk", short):
        explored.walk_anew(seller)
    return tuple(found.values())


def cases(name: str) -> tuple[Ctx, ...]:
    return tuple(ctx for ctx, _ in places(name))


def _stage(case: ConversationState) -> tuple[bool, bool]:
    return case.account.id is not None, case.order.id is not None


@cache
def titles(name: str) -> tuple[tuple[str, str, str], ...]:
    """Return the titles of a seller's buttons and questions, each with its key and its language."""
    catalogue, seller = hearing(name).renderer.catalogue, profile(name).seller

    def named(key: str, locale: str) -> Iterator[tuple[str, str, str]]:
        room, _, rest = key.partition(".")
        entry = room == "faq" and rest.endswith(".title") and rest.partition(".")[0] in seller.answers
        if room in ("option", "edit") or entry:
            try:
                yield catalogue.fill(key, {}, locale), key, locale
            except MissingText:  # it has places to fill
                return

    found = (one for locale in seller.locales for key in catalogue.texts[locale] for one in named(key, locale))
    return tuple(one for one in found if any(map(str.isalpha, one[0])))


@cache
def is_plain(title: str, name: str) -> bool:
    """Return whether a title says just yes, no, skip, enough, or a command, in one of the seller's languages."""
    known = hearing(name).known
    for langs in (order_langs(known, code) for code in known):
        answers = (SHIPPED, *(lang.answers for lang in langs))
        if any(fold_words(title) in said for one in answers for said in (one.yes, one.no, one.skip, one.enough)):
            return True
        if refuses(title, langs) or agrees_plainly(title, langs) or is_lost(title, langs):
            return True
        if calls_data_right(title, langs):
            return True
        if read_enough(title, langs) or read_command(title, langs) is not None:
            return True
    return False


def is_its_own(meaning: meanings.Meaning, title: str, key: str, expected: Expected, name: str) -> bool:
    """Return whether a title is its button, its page, its entry, told elsewhere, or says just yes, no or skip."""
    said, page = fold_words(title), expected.pages.get(fold_words(title), "")
    offered = {o.payload for o in expected.options if said in map(fold_words, o.titles)}
    match meaning:
        case meanings.Press(payload):
            step, _, _ = payload.partition(":")
            early = payload == expected.act or step == expected.step == "method"
            own = {page, key.partition(".")[2].replace(".", ":"), *offered}
            entered = payload == "start:log_in" and page != ""
            named = step.partition("_")[0] in key  # "accept the terms" where they are asked for
            return step == TITLE or early or payload in own or entered or named or is_plain(title, name)
        case meanings.Intent(wish, confidence):
            by_rule = confidence == 1.0 and wish not in ("affirm", "deny")
            return f"{WISH}:{wish}" == page or by_rule or is_plain(title, name)
        case meanings.Answer():
            return kind_of(expected.expects).form == "words" or is_plain(title, name)
        case meanings.Faq():
            return True
        case meanings.NavigationCommand(command):
            return f"/{command}" == page or is_plain(title, name)
        case meanings.Consenting(given, refused, base):
            unsaid = not (given or refused or base)  # one is taken back, and which isn't said
            return unsaid or is_plain(title, name) or expected.expects is meanings.Expects.consents
        case _:
            return not isinstance(meaning, meanings.SecretTyped | meanings.Discount)


@cache
def expectations(name: str) -> Expectations:
    """Return what a seller's steps expect."""
    return Expectations(hearing(name).journey, hearing(name).renderer)


def heard_at(ctx: Ctx, locale: str, name: str) -> tuple[Expected, Callable[[str], Said]] | None:
    """Return what a customer's step expects in a language, and how it hears; None where it is the desk's own turn."""
    known = hearing(name)
    ctx = replace(ctx, case=replace(ctx.case, talk=replace(ctx.case.talk, locale=locale)))
    step = known.journey.position(ctx.case, ctx)
    if step.effect is not None:
        return None

    def hear(text: str) -> Said:
        return known.hear(Inbound(Channel.REST, "a" * 64, "m", Text(text)), step, ctx).said

    return expectations(name).at(step, ctx), hear


@table("name", SELLERS)
def test_a_title_is_itself_at_every_step(name: str) -> None:
    places = cases(name)
    assert len(places) >= FEWEST_STEPS
    wrong: list[str] = []
    for ctx, (title, key, locale) in portion(product(places, titles(name)), BY_DAY, night=11):
        at = heard_at(ctx, locale, name)
        if at is None or kind_of(at[0].expects).worded.says_all:  # any words are the text that was asked for
            continue
        said = at[1](title)
        told = isinstance(said.meaning, meanings.Press) and said.meaning.payload.startswith(f"{TITLE}:")
        if not is_its_own(said.meaning, title, key, at[0], name) or (told and said.facts):
            wrong.append(f"{at[0].step}: {title!r} ({key}) is {said.meaning}, {said.facts}")
    assert not wrong, "\n".join(wrong)


@table("name", SELLERS)
def test_a_title_is_one_however_it_is_written(name: str) -> None:
    wrong: list[str] = []
    for ctx, write, (title, _, locale) in portion(product(cases(name), WRITTEN, titles(name)), 31 * BY_DAY, night=151):
        at = heard_at(ctx, locale, name)
        if at is None or kind_of(at[0].expects).form == "words" or kind_of(at[0].expects).worded.says_all:
            continue
        written = write(title)
        one, other = gist(at[1](title).meaning), gist(at[1](written).meaning)
        alike = one == other or (at[0].expects in CODED and {one[0], other[0]} <= {"Faq", "Press"})
        wrong += [] if alike else [f"{at[0].step}: {title!r} is {one}, {written!r} {other}"]
    assert not wrong, "\n".join(wrong)


@table("name", SELLERS)
def test_the_title_of_a_button_in_view_is_its_press(name: str) -> None:
    seen = [(*place, locale) for place in places(name) for locale in profile(name).seller.locales]
    shown = (in_view.told(name, *one) for one in portion(seen, 41, night=5))
    wrong = [one for question in shown if question is not None for one in differences(question)]
    assert not wrong, "\n".join(wrong)


def differences(shown: in_view.Shown) -> Iterator[str]:
    """Yield the titles that leave another state than their presses.

    Of two buttons with one title, or one that binds by a single word, nothing may come at all.
    """
    for payload, title in shown.titles.items():
        typed = in_view.type_words(shown, title)
        unsure = in_view.binds(shown, payload) and " " not in fold_words(title)
        unsure = unsure or list(map(fold_words, shown.titles.values())).count(fold_words(title)) > 1
        nothing = not typed.commands and in_view.answers_of(typed) == in_view.answers_of(shown.asked)
        if in_view.left_by(in_view.press_button(shown, payload)) != in_view.left_by(typed) and not (unsure and nothing):
            yield f"{shown.asked.after}: {title!r} isn't {payload}: {[say.key for say in typed.says]}"


def gist(meaning: meanings.Meaning) -> tuple[str, str]:
    """Return a meaning without its words."""
    named = (str(value) for field in ("payload", "name", "id", "what") if (value := getattr(meaning, field, "")))
    return type(meaning).__name__, next(named, "")


SAID = tomllib.loads((ROOT / "tests/bot/conversation/not_known.toml").read_text(encoding="utf-8"))
FEWEST = 25
HELPS = ("help", "out_of_scope", "ask_")


def phrases(locale: str) -> list[str]:
    return [*SAID["first"].get(locale, ()), *SAID["second"].get(locale, ())]


def helps(meaning: meanings.Meaning) -> bool:
    return isinstance(meaning, meanings.Faq) or (
        isinstance(meaning, meanings.Intent) and meaning.name.startswith(HELPS)
    )


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


ASKED = {
    "pl": ("Kto widzi moje dane?", "kto może zobaczyć moje dane?", "kto ma dostęp do moich danych"),
    "it": ("Chi vede i miei dati?", "chi può vedere i miei dati?", "chi legge i miei dati"),
    "en": ("Who sees my data?", "who can see my data?", "who has access to my data?"),
}
AT_START = Expected(meanings.Expects.choice, "start")


def meant(text: str, locale: str, faq: FaqIndex | None, seller: str = "fakturasmart") -> meanings.Meaning:
    return understand(text, AT_START, locale=locale, faq=faq, known=hearing(seller).known)


@table("seller", SELLERS)
def test_the_desk_says_who_sees_it(seller: str) -> None:
    asked = [(text, lang) for lang in profile(seller).seller.locales for text in ASKED.get(lang, ())]
    told = {text: meant(text, lang, hearing(seller).faq, seller) for text, lang in asked}
    assert {t for t, s in told.items() if not (isinstance(s, meanings.Intent) and s.name == "ask_readers")} == set()


def test_an_entry_answers_where_it_lists_that_question_itself() -> None:
    near = FaqText("data_security", "it", ("I miei dati sono al sicuro?", "Chi vede la mia password?"), "Sì.")
    own = FaqText("who_sees", "it", ("Chi può vedere i miei dati?",), "Solo noi.")
    assert isinstance(meant("Chi vede i miei dati?", "it", FaqIndex([near])), meanings.Intent)

    told = meant("Chi può vedere i miei dati?", "it", FaqIndex([near, own]))
    assert isinstance(told, meanings.Faq)
    assert told.id == "who_sees"
