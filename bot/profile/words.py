"""Whether a profile's own words are complete and right: what can be told without playing the journey.

That every text of the journey is there is seen at the dress rehearsal (`bot/profile/rehearsal.py`).
"""

from collections.abc import Iterator, Mapping

from babel import Locale as Culture

from bot.profile.problems import Problem
from bot.profile.profile import Profile
from bot.profile.texts import OwnTexts
from bot.texts.gsm7 import is_one_part
from bot.texts.load import common
from bot.texts.text import Choice, Text, choices, includes, names, undeclined
from values.locale import ENGLISH

# Which questions show the words that are recorded with a document's acceptance.
SHOWN_AT = {
    "terms": ("order.terms.ask",),
    "clauses": ("order.clauses.ask",),
    "auto_renewal": ("order.auto_renewal.ask", "zone.confirm.ask"),
    "einvoice": ("einvoice.einvoice.ask", "einvoice.confirm.ask"),
    "statement": ("company.statement.ask",),
}
CONSENTS_ASKED = "account.consents.ask"


def text_problems(profile: Profile, own: Mapping[str, OwnTexts]) -> Iterator[Problem]:
    """Mistakes of the texts. `own` are the profile's own ones by language."""
    every = {locale: found.texts for locale, found in own.items()}
    for locale in profile.seller.locales:
        texts, place = profile.catalogue.texts[locale], own[locale].place
        for key, what, remedy in (*_needed(profile, texts), *_unlike(profile, every, locale)):
            yield Problem(*place(key), what, remedy)
        for key, text in own[locale].texts.items():
            for what, remedy in (*_choices(text, locale), *_included(key, text, texts)):
                yield Problem(*place(key), f"{key}: {what}", remedy)
        if (length := _too_long_for_sms(profile, locale)) is not None:
            yield Problem(*place("sms.code"), f"sms.code: {length}", "Use GSM-7 signs only, 160 at most.")
    yield from _faq_unlike(profile)
    yield from _untitled(profile)


def _needed(profile: Profile, texts: Mapping[str, Text]) -> Iterator[tuple[str, str, str]]:
    seller, every = profile.seller, profile.catalogue.texts
    needed = [f"plan.{plan.id}" for plan in seller.plans]
    needed += [key for plan in seller.former if not any((key := f"plan.{plan}") in of for of in every.values())]
    needed += [f"plan.{seller.free_version}"] if seller.free_version is not None else []
    needed += [f"program.{program.product}" for program in seller.programs]
    addons = (*seller.addons, *seller.former_addons)
    needed += [f"addon.{addon.id}.{part}" for addon in addons for part in ("title", "ask", "count")]
    needed += ["kit.community"] if seller.community else []
    needed += [f"consent.{consent.id}.{part}" for consent in seller.consents for part in ("title", "text")]
    needed += [f"consent.{document.id}.text" for document in seller.documents]
    needed += [CONSENTS_ASKED] if seller.consents else []
    for key in needed:
        if key not in texts:
            yield key, f"there is no text {key}", "Add it."
    shown = [(f"consent.{consent.id}.text", CONSENTS_ASKED) for consent in seller.consents]
    shown += [(f"consent.{d.id}.text", asked) for d in seller.documents for asked in SHOWN_AT.get(d.id, ())]
    for key, asked in shown:
        if key in texts and asked in texts and key not in includes(texts[asked]):
            yield asked, f"{asked} doesn’t show {key}, which is what is recorded", f"Put {{@{key}}} into it."


def _unlike(profile: Profile, own: Mapping[str, Mapping[str, Text]], locale: str) -> Iterator[tuple[str, str, str]]:
    """Texts that are in another language only, or fill other places there."""
    first = profile.seller.locales[0]
    for key in sorted(set().union(*(own[other] for other in profile.seller.locales))):
        if key not in profile.catalogue.texts[locale]:
            yield key, f"there is no text {key}, which other languages have", "Add it."
        elif key in own[locale] and key in own[first] and (odd := _odd(own[locale][key], own[first][key])):
            yield key, f"{key} and its {first} text differ in {', '.join(sorted(odd))}", "Use the same places in both."


def _odd(text: Text, other: Text) -> frozenset[str]:
    """The places that only one of two texts fills."""
    return undeclined(names(text)) ^ undeclined(names(other))


def _choices(text: Text, locale: str) -> Iterator[tuple[str, str]]:
    """Choices that a value may fall through."""
    for choice in choices(text):
        cases = set(choice.cases)
        if choice.kind == "plural" and (lacking := counted_forms(locale) - cases - _covered(choice)):
            yield f"the plural of {choice.param} lacks {', '.join(sorted(lacking))}", "Write these forms, too."
        if choice.kind == "select" and "other" not in cases and not {"yes", "no"} <= cases:
            yield f"the choice by {choice.param} has no `other`", "Add `other = …` for all that isn’t named."


def counted_forms(locale: str) -> set[str]:
    """The plural forms that whole numbers up to a thousand take in a language (CLDR)."""
    form = Culture.parse(locale).plural_form
    return {form(number) for number in range(1001)}


def _covered(choice: Choice) -> set[str]:
    """Whole numbers that count as "many" may be said by `other`."""
    return {"many"} if "other" in choice.cases else set()


def _included(key: str, text: Text, texts: Mapping[str, Text]) -> Iterator[tuple[str, str]]:
    """What is put in place and isn't there; a common text may leave that to the sellers who ever say it."""
    english = common(ENGLISH)
    sellers = includes(english[key]) if key in english else frozenset[str]()
    for other in sorted(includes(text) - set(texts) - sellers):
        yield f"{{@{other}}} puts in a text that isn’t there", f"Add {other}, or remove the place."


def _too_long_for_sms(profile: Profile, locale: str) -> str | None:
    words = profile.renderer().words("sms.code", {"code": "123456"}, locale)
    return None if is_one_part(words) else f"“{words}” needs more than one SMS"


def _faq_unlike(profile: Profile) -> Iterator[Problem]:
    known = {locale: {entry.id for entry in entries} for locale, entries in profile.faq.items()}
    for locale, ids in known.items():
        path = profile.folder / "faq" / f"{locale}.toml"
        for lacking in sorted(set().union(*known.values()) - ids):
            yield Problem(path, 0, f"there is no entry {lacking}, which other languages have", "Add it.")


def _untitled(profile: Profile) -> Iterator[Problem]:
    """Questions that a step offers and that can't be shown as quick replies."""
    offered = dict.fromkeys(entry for _step, entries in profile.seller.questions for entry in entries)
    for locale, entries in profile.faq.items():
        path, titled = profile.folder / "faq" / f"{locale}.toml", {e.id: e.title is not None for e in entries}
        for entry in offered:
            if entry not in titled:
                yield Problem(path, 0, f"there is no entry {entry}, which a step offers", "Add it, with a `title`.")
            elif not titled[entry]:
                yield Problem(path, 0, f"{entry} has no title, and a step offers it", "Add `title` to the entry.")
