"""Differences between a profile's languages: texts, their placeholders, questions."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from bot.profile.mistakes import likely_name
from bot.profile.problems import ProfileProblem, line_near, line_of
from bot.profile.profile import Profile
from bot.profile.toml_reader import source_of
from bot.texts.text import Text, merge_seller_cases, names
from bot.texts.toml_tables import common
from values.locale import ENGLISH

_MISSPELT = 0.85
Own = Mapping[str, Mapping[str, Text]]


def find_unlike_texts(
    profile: Profile, own: Own, locale: str, needed: Collection[str], unfit: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str, str]]:
    """Texts of a language that others lack or have more of, or that fill other places there; by their keys.

    `needed` are the texts that the profile asks for, whatever the languages have; `unfit`, by language, those that
    can't be filled.
    """
    wrong = {other: find_misnamed_texts(own, other, needed) for other in own}
    settled = {key for names in wrong.values() for pair in names.items() for key in pair}
    yield from _misspelt_names(wrong[locale])
    for key in sorted({key for texts in own.values() for key in texts}):
        if key not in profile.catalogue.texts[locale]:
            if key not in settled and _alone(key, own) is None and _of_nothing(key, needed) is None:
                yield key, f"there is no text {key}, which other languages have", "Add it."
        elif key not in own[locale] or key in wrong[locale].values():
            continue
        elif _alone(key, own) is not None:
            yield key, f"no other language has a text {key}", "Remove it, or add it to the others."
        elif key not in settled and (named := _of_nothing(key, needed)) and not all(key in of for of in own.values()):
            yield named, f"profile.toml has nothing for the text {named}", "Remove it, or correct its name."
        else:
            yield from _places(profile, own, key, locale, unfit)


def find_misnamed_texts(own: Own, locale: str, needed: Collection[str]) -> dict[str, str]:
    """Texts that only this language has, by the keys that are likely to be meant."""
    return {name: key for key in own[locale] if (name := _misnamed(key, own, locale, needed)) is not None}


def _misspelt_names(wrong: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield each misspelt name once: a table's for all that stands in it."""
    pairs = ((key.rpartition("."), name.rpartition(".")) for name, key in wrong.items())
    for key, name in dict.fromkeys((k[0], n[0]) if k[2] == n[2] else ("".join(k), "".join(n)) for k, n in pairs):
        yield key, f"no text is called {key}", f"Is {name} meant?"


_NAMED_BY_PROFILE = ("offer", "addon", "program", "consent", "question")
"""Texts whose second part is an id of `profile.toml`; a `plan` may have a name that is sold no more."""


def _of_nothing(key: str, needed: Collection[str]) -> str | None:
    """Return the name of the plan, consent or the like that a text is of, where the profile has none of that name."""
    table, _, rest = key.partition(".")
    named = f"{table}.{rest.partition('.')[0]}"
    if table not in _NAMED_BY_PROFILE or key in common(ENGLISH):
        return None
    return None if any(one == named or one.startswith(f"{named}.") for one in needed) else named


def _alone(key: str, own: Own) -> str | None:
    """Return the one of three languages or more that has this text: it is the odd one, not all the others."""
    having = [locale for locale in own if key in own[locale]]
    return having[0] if len(having) == 1 and len(own) > 2 and key not in common(ENGLISH) else None


def _sibling(key: str, own: Own, locale: str, needed: Collection[str]) -> str | None:
    """Return the only text like it that the profile or all other languages have, and this one lacks."""
    others = [own[other].keys() for other in own if other != locale]
    wanted = {*needed, *set[str].intersection(*map(set, others))}
    lacks = [one for one in wanted - own[locale].keys() if _alike(one, key)]
    more = [
        one for one in own[locale] if _alike(one, key) and one not in wanted and not any(one in of for of in others)
    ]
    return lacks[0] if len(lacks) == 1 and more == [key] else None


def _alike(one: str, other: str) -> bool:
    """Return whether two texts differ in one part of their names at most: the id of what they are of, else the last."""
    ours, theirs = one.split("."), other.split(".")
    at = 1 if ours[0] in _NAMED_BY_PROFILE else len(ours) - 1
    return [*ours[:at], *ours[at + 1 :]] == [*theirs[:at], *theirs[at + 1 :]]


def _misnamed(key: str, own: Own, locale: str, needed: Collection[str]) -> str | None:
    """Return the key that is probably meant by one that only this language has, and the profile doesn't ask for."""
    others = [other for other in own if other != locale]
    if key in common(ENGLISH) or key in needed or not others or any(key in own[other] for other in others):
        return None
    known = {*common(ENGLISH), *needed, *(key for other in others for key in own[other])} - own[locale].keys()
    return likely_name(key, [*known], _MISSPELT) or _sibling(key, own, locale, needed)


def _places(
    profile: Profile, own: Own, key: str, locale: str, unfit: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str, str]]:
    """Places that this language fills and most others don't, or the other way round.

    A language whose text can't be filled is no measure of the others.
    """
    filled = {other: merge_seller_cases(names(texts[key])) for other, texts in own.items() if key in texts}
    if len({*filled.values()}) == 1:
        return
    known = {*_filled_somewhere(), *profile.facts, "seller"}
    sound = {of: places for of, places in filled.items() if places <= known and key not in unfit[of]}
    mine, usual = filled[locale], _usual(profile, key, sound or filled)
    more, less = sorted(mine - usual), sorted(usual - mine)
    if nowhere := sorted(mine - known):
        name = likely_name(nowhere[0], [*less, *profile.facts, "seller"])
        remedy = f"Is {{{name}}} meant?" if name is not None else f"Remove {_shown(nowhere[:1])}{_instead(usual)}."
        yield key, f"nothing fills {_shown(nowhere[:1])} in {key}", remedy
    elif more:
        name = likely_name(more[0], [*less, "seller", *profile.facts])
        remedy = f"Is {{{name}}} meant?" if name is not None else "Use the same places in all languages."
        yield key, f"{key} has {_shown(more)}, which it hasn’t in other languages", remedy
    elif less:
        yield key, f"{key} lacks {_shown(less)}, which it has in other languages", "Use the same places in all."


@cache
def _filled_somewhere() -> frozenset[str]:
    """Return all places that the common texts have."""
    return frozenset(place for text in common(ENGLISH).values() for place in names(text))


def _instead(usual: Collection[str]) -> str:
    return f", or write what other languages have: {_shown(sorted(usual))}" if usual else ""


def _usual(profile: Profile, key: str, filled: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the most frequent placeholders among languages, preferring known ones, then those of more places."""
    english = common(ENGLISH)
    known = {*profile.facts, "seller", *(merge_seller_cases(names(english[key])) if key in english else ())}
    counted = Counter(filled.values())
    return max(counted, key=lambda places: (counted[places], places <= known, len(places)))


def _shown(places: Collection[str]) -> str:
    return ", ".join(f"{{{place}}}" for place in places)


def faq_unlike(profile: Profile, read: Collection[str]) -> Iterator[ProfileProblem]:
    """Questions that a language lacks. `read` are the languages whose files could be read."""
    known = {locale: [entry.id for entry in profile.faq[locale]] for locale in read}
    every = {id_ for ids in known.values() for id_ in ids}
    odd = {locale: dict(_misspelt(known, locale)) for locale in known}
    wrong = {id_ for found in odd.values() for id_ in found}
    for locale, ids in known.items():
        path = profile.folder / "faq" / f"{locale}.toml"
        source = source_of(path)
        for id_, name in odd[locale].items():
            line = line_of(source, ("entry", ids.index(id_), "id"))
            yield ProfileProblem(path, line, f"no other language has an entry {id_}", f"Is {name} meant?")
        for id_ in sorted(every - {*ids} - {*odd[locale].values()} - wrong):
            line = line_near(source, ("entry", len(ids)))
            yield ProfileProblem(path, line, f"there is no entry {id_}, which other languages have", "Add it.")


def _misspelt(known: Mapping[str, list[str]], locale: str) -> Iterator[tuple[str, str]]:
    """Entries that only this language has, with the ones that are meant: it lacks them, and all others have them."""
    elsewhere = [{*ids} for other, ids in known.items() if other != locale]
    if not elsewhere:
        return
    lacks = set.intersection(*elsewhere) - {*known[locale]}
    for id_ in known[locale]:
        if not any(id_ in ids for ids in elsewhere) and (name := likely_name(id_, [*lacks])) is not None:
            yield id_, name
