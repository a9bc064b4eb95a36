"""Checks of a profile's own words that need no walk through the journey.

The offer's words are filled as customers are shown them. That every text of the journey is there is seen at the dress
rehearsal (`bot/cli/check.py`).
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel import Locale as Culture

from bot.profile.alike import faq_unlike, find_misnamed_texts, find_unlike_texts
from bot.profile.mistakes import likely_name
from bot.profile.problems import ProfileProblem, line_near, line_of
from bot.profile.profile import Profile
from bot.profile.texts import OwnTexts, words_needed
from bot.profile.toml_reader import read_tables, source_of
from bot.texts.catalogue import MissingText
from bot.texts.text import SELLER_CASES, Text, TextChoice, choices, includes, names
from bot.texts.toml_tables import common
from bot.web.page_texts import places, words
from dialogs.kit import Context, Params
from dialogs.order.list_prices import offer_words
from dialogs.state import ConversationState
from values.consent import VOICE
from values.locale import ENGLISH
from values.sms import is_one_part

# Which questions and cards show the words that are recorded with a document's acceptance.
SHOWN_AT = {
    "terms": ("card.order.terms",),
    "clauses": ("card.order.clauses",),
    "auto_renewal": ("card.order.auto_renewal", "zone.confirm.ask"),
    "einvoice": ("einvoice.confirm.ask",),  # after a purchase the card shows it by itself
    "statement": ("company.statement.ask",),
    VOICE: ("voice.consent",),
}
CONSENTS_ASKED = "account.consents.ask"
_MISSPELT = 0.85
_ANY = datetime(2026, 1, 1, tzinfo=UTC)
"""A moment at which the offer is looked at: nothing of its words hangs on it."""


def text_problems(profile: Profile, own: Mapping[str, OwnTexts], faqs: Collection[str]) -> Iterator[ProfileProblem]:
    """Mistakes of the texts. `own` are the profile's own ones by language, `faqs` the languages whose FAQ was read."""
    every = {locale: found.texts for locale, found in own.items() if not found.broken}
    offered = {w.key: dict(w.params) for w in offer_words(Context(ConversationState(), _ANY, "", profile.seller))}
    filled = {of: [find_text_fault(profile, key, params, of) for key, params in offered.items()] for of in every}
    unfit = {of: {gone[0]: gone[1:] for gone in found if gone is not None} for of, found in filled.items()}
    needed = dict.fromkeys((*offered, *_needed(profile)))
    for locale in every:
        texts, place = profile.catalogue.texts[locale], own[locale].place
        wrong = find_misnamed_texts(every, locale, needed)  # those are told under the names that they have
        lacking = [key for key in needed if key not in texts and key not in wrong]
        for key in lacking:
            yield ProfileProblem(*place(key), *_lacking(key, texts, needed))
        told = set(lacking)
        for key, what, remedy in (*_unshown(profile, texts), *find_unlike_texts(profile, every, locale, needed, unfit)):
            if key not in told:
                told.add(key)
                yield ProfileProblem(*place(key), what, remedy)
        for key, (what, remedy) in unfit[locale].items():
            if key not in told and key in texts:
                yield ProfileProblem(*place(key), what, remedy)
        for key, text in own[locale].texts.items():
            for what, remedy in (*_choices(text, locale), *_included(key, text, texts)):
                yield ProfileProblem(*place(key), f"{key}: {what}", remedy)
        if (length := _too_long_for_sms(profile, locale)) is not None:
            yield ProfileProblem(*place("sms.code"), f"sms.code: {length}", "Use GSM-7 signs only, 160 at most.")
        if (unnamed := _dictation_unnamed(profile, locale)) is not None:
            yield ProfileProblem(*place(unnamed[0]), *unnamed[1:])
    yield from _years(profile)
    yield from faq_unlike(profile, faqs)
    yield from _unknown_questions(profile, faqs)
    yield from _untitled(profile, faqs)


def _needed(profile: Profile) -> Iterator[str]:
    """Yield the keys of the texts that the profile asks for beside those of its offer."""
    seller, every = profile.seller, profile.catalogue.texts
    yield from (key for plan in seller.former if not any((key := f"plan.{plan}") in of for of in every.values()))
    yield from () if seller.free_version is None else (f"plan.{seller.free_version}",)
    yield from (f"program.{program.product}" for program in seller.programs)
    yield from ("kit.community",) if seller.community else ()
    yield from (f"consent.{consent.id}.{part}" for consent in seller.consents for part in ("title", "text"))
    yield from (f"consent.{document.id}.text" for document in seller.documents if document.id in SHOWN_AT)
    yield from (f"consent.{VOICE}.title",) if seller.accepts(VOICE) else ()
    yield from ("consent.auto_renewal.title",) if seller.auto_renewal == "obligatory" else ()
    yield from (f"option.product.{product}" for product in seller.company.products)
    yield from (f"company.from_program.{product}" for product in seller.company.from_program)
    yield from (CONSENTS_ASKED,) if seller.consents else ()
    yield from (key for question in seller.own_questions for key in words_needed(question))


def _dictation_unnamed(profile: Profile, locale: str) -> tuple[str, str, str] | None:
    """Return the text to mend where the browser's recogniser may be used and none about data says so word for word."""
    if not profile.seller.dictates:
        return None
    told = profile.renderer().words("voice.browser", {}, locale)
    agreed = (*profile.worded().seller.consents, *profile.worded().seller.documents)
    known = (dict(one.words).get(locale, "") for one in agreed)
    if any(told in " ".join(words.split()) for words in known):
        return None
    what = "[voice] browser is on, and no consent or document says where the sound may go"
    key = f"consent.{agreed[0].id if agreed else 'privacy'}.text"
    return key, what, f"Add {{@voice.browser}} to {key}, or the sentence itself to a document: {told}"


def _lacking(key: str, texts: Mapping[str, Text], needed: Collection[str]) -> tuple[str, str]:
    """Return what is said of a missing text, and the remedy."""
    name = likely_name(key, [one for one in texts if one not in needed and one not in common(ENGLISH)], _MISSPELT)
    return f"there is no text {key}", "Add it." if name is None else f"Add it; or is the text {name} meant to be it?"


def find_text_fault(profile: Profile, key: str, params: Params, locale: str) -> tuple[str, str, str] | None:
    """Return the key that is missing or can't be filled, its fault and its remedy; None if all is there."""
    given = {"seller": profile.seller.name, **profile.facts, **params}
    try:
        profile.catalogue.fill(key, given, locale)
    except MissingText as missing:
        key, _, place = str(missing).partition(":")
        if not place:
            return key, f"there is no text {key}", "Add it."
        what = f"{key} can't be filled for {{{place}}}"
        if place in given:
            return key, what, "Add the case it lacks, or `other`."
        name = likely_name(place, [*given])
        return key, what, f"Is {{{name}}} meant?" if name is not None else f"Remove {{{place}}}."
    return None


def _unshown(profile: Profile, texts: Mapping[str, Text]) -> Iterator[tuple[str, str, str]]:
    """Yield questions that don't show the words that are recorded with the answer."""
    seller = profile.seller
    shown = [(f"consent.{d.id}.text", asked) for d in seller.documents for asked in SHOWN_AT.get(d.id, ())]
    for key, asked in shown:
        given = includes(texts[asked]) if asked in texts else frozenset[str]()
        misspelt = any(other not in texts and likely_name(other, [key]) for other in given)
        if key in texts and asked in texts and key not in given and not misspelt:
            yield asked, f"{asked} doesn’t show {key}, which is what is recorded", f"Put {{@{key}}} into it."


def _choices(text: Text, locale: str) -> Iterator[tuple[str, str]]:
    """Yield choices without a wording for some value."""
    for choice in choices(text):
        cases = set(choice.cases)
        if choice.kind == "plural" and (lacking := counted_forms(locale) - cases - _covered(choice)):
            yield f"the plural of {choice.param} lacks {', '.join(sorted(lacking))}", "Write these forms, too."
        if choice.kind == "select" and "other" not in cases and not {"yes", "no"} <= cases:
            yield f"the choice by {choice.param} has no `other`", "Add `other = …` for all that isn’t named."


@cache
def counted_forms(locale: str) -> frozenset[str]:
    """Return the plural forms that whole numbers up to a thousand take in a language (CLDR)."""
    form = Culture.parse(locale).plural_form
    return frozenset(form(number) for number in range(1001))


def _covered(choice: TextChoice) -> set[str]:
    """Return the plural forms that `other` may stand for."""
    return {"many"} if "other" in choice.cases else set()


def _included(key: str, text: Text, texts: Mapping[str, Text]) -> Iterator[tuple[str, str]]:
    """Yield included texts that are missing; a common text may leave that to the sellers who use it."""
    english = common(ENGLISH)
    sellers = includes(english[key]) if key in english else frozenset[str]()
    for other in sorted(includes(text) - set(texts) - sellers):
        name = likely_name(other, [*texts], _MISSPELT)
        remedy = f"Is {{@{name}}} meant?" if name is not None else f"Add {other}, or remove the place."
        yield f"{{@{other}}} puts in a text that isn’t there", remedy


def _too_long_for_sms(profile: Profile, locale: str) -> str | None:
    words = profile.renderer().words("sms.code", {"code": "123456"}, locale)
    return None if is_one_part(words) else f"“{words}” needs more than one SMS"


def _years(profile: Profile) -> Iterator[ProfileProblem]:
    """Yield terms among which customers choose, and for which no language has a button's title."""
    path = profile.folder / "profile.toml"
    raw, source = read_tables(path, [])
    for n, plan in enumerate((raw or {}).get("plan", ()) if profile.seller.by_years else ()):
        terms = plan.get("years", ())
        for years in terms if len(terms) > 1 and plan.get("sold", True) else ():
            key = f"option.years.{years}"
            lacking = [f"texts/{of}.toml" for of in profile.seller.locales if key not in profile.catalogue.texts[of]]
            if lacking:
                what = f"customers choose the years, and {years} of them have no title: there is no text {key}"
                remedy = f"Add it to {', '.join(lacking)}, or take {years} out of `years`."
                yield ProfileProblem(path, line_of(source, ("plan", n, "years")), what, remedy)


def _unknown_questions(profile: Profile, faqs: Collection[str]) -> Iterator[ProfileProblem]:
    """Yield questions that a step offers and that stand in no language's FAQ."""
    path = profile.folder / "profile.toml"
    known = {entry.id for locale in faqs for entry in profile.faq[locale]}
    for step, entries in profile.seller.questions:
        for entry in (one for one in entries if one not in known):
            name = likely_name(entry, [*known])
            what = f"the step {step} offers the question {entry}, which no FAQ has"
            remedy = f"Is {name} meant?" if name is not None else f"Add it with a `title` to {_faq_files(faqs)}."
            yield ProfileProblem(path, line_of(source_of(path), ("questions", *step.split("."))), what, remedy)


def _faq_files(faqs: Collection[str]) -> str:
    return ", ".join(f"faq/{locale}.toml" for locale in faqs)


def _untitled(profile: Profile, faqs: Collection[str]) -> Iterator[ProfileProblem]:
    """Yield questions that a step offers and that have no title for a quick reply."""
    known = {entry.id for locale in faqs for entry in profile.faq[locale]}
    offered = dict.fromkeys(one for _step, entries in profile.seller.questions for one in entries if one in known)
    for locale in faqs:
        path, titled = profile.folder / "faq" / f"{locale}.toml", [e.title is not None for e in profile.faq[locale]]
        at = {entry.id: n for n, entry in enumerate(profile.faq[locale])}
        for entry in offered:
            line = line_near(source_of(path), ("entry", at.get(entry, len(at))))
            if entry not in at:
                name = likely_name(entry, [*at])
                remedy = f"Is {name} meant?" if name is not None else "Add it, with a `title`."
                yield ProfileProblem(path, line, f"there is no entry {entry}, which a step offers", remedy)
            elif not titled[at[entry]]:
                yield ProfileProblem(
                    path, line, f"{entry} has no title, and a step offers it", "Add `title` to the entry."
                )


def case_problems(profile: Profile, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield cases that are missing beside those given, and cases of a language that isn't spoken."""
    for locale, given in profile.catalogue.names.items():
        line = line_of(source, ("name_cases", locale))
        if locale not in profile.seller.locales:
            yield ProfileProblem(path, line, f"[name_cases.{locale}] is of no language in `locales`", "Remove it.")
            continue
        lacked = set(SELLER_CASES.values()) - given.keys()
        for case, where in sorted(_used_cases(profile, locale).items()) if lacked else ():
            if case in lacked:
                what = f"[name_cases.{locale}] has no {case}, which {where} uses"
                yield ProfileProblem(path, line, what, f"Add `{case}`, or leave out [name_cases.{locale}].")


def about_problems(profile: Profile, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield lines about the seller in a language that isn't spoken."""
    for locale in profile.brand.about.keys() - set(profile.seller.locales):
        line = line_of(source, ("brand", "about", locale))
        yield ProfileProblem(path, line, f"[brand.about] has {locale}, which isn't in `locales`", "Remove it.")


def _used_cases(profile: Profile, locale: str) -> Mapping[str, str]:
    pages = (profile.pages.get(locale) or words(locale)).texts
    used = ((key, names(text)) for key, text in profile.catalogue.texts[locale].items())
    shown = ((key, places(text)) for key, text in pages.items())
    found: dict[str, str] = {}
    for key, taken in (*used, *shown):
        for place in sorted(taken & SELLER_CASES.keys()):
            found.setdefault(SELLER_CASES[place], key)
    return found
