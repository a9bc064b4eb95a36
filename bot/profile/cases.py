"""Whether the seller's name is declined as a language's texts need it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.profile.problems import ProfileProblem
from bot.profile.profile import Profile
from bot.profile.where import line_of
from bot.texts.text import SELLER_CASES, names
from bot.web.words import places, words

CASES = "name_cases"


def case_problems(profile: Profile, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield cases that are missing beside those given, and cases of a language that isn't spoken."""
    for locale, given in profile.catalogue.names.items():
        line = line_of(source, (CASES, locale))
        if locale not in profile.seller.locales:
            yield ProfileProblem(path, line, f"[{CASES}.{locale}] is of no language in `locales`", "Remove it.")
            continue
        for case, where in sorted(_used(profile, locale).items()):
            if case not in given:
                what = f"[{CASES}.{locale}] has no {case}, which {where} uses"
                yield ProfileProblem(path, line, what, f"Add `{case}`, or leave out [{CASES}.{locale}].")


def _used(profile: Profile, locale: str) -> Mapping[str, str]:
    """The cases that texts and pages of a language use, each with the first key that does."""
    pages = (profile.pages.get(locale) or words(locale)).texts
    used = ((key, names(text)) for key, text in profile.catalogue.texts[locale].items())
    shown = ((key, places(text)) for key, text in pages.items())
    found: dict[str, str] = {}
    for key, taken in (*used, *shown):
        for place in sorted(taken & SELLER_CASES.keys()):
            found.setdefault(SELLER_CASES[place], key)
    return found
