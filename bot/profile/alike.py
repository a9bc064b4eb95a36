"""Differences between a profile's languages: texts, their placeholders, questions."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from bot.profile.mistakes import meant
from bot.profile.problems import ProfileProblem, line_near, line_of
from bot.profile.profile import Profile
from bot.profile.toml_reader import source_of
from bot.texts.text import Text, names, undeclined
from bot.texts.toml_tables import common
from values.locale import ENGLISH

_MISSPELT = 0.85
Own = Mapping[str, Mapping[str, Text]]


def unlike(profile: Profile, own: Own, locale: str) -> Iterator[tuple[str, str, str]]:
    """Texts of a language that others lack or have more of, or that fill other places there; by their keys."""
    elsewhere = {key for other in own if other != locale for key in own[other]}
    wrong = misnamed(own, locale)
    for key in sorted({*elsewhere, *own[locale]}):
        if key not in profile.catalogue.texts[locale]:
            if (
                _alone(key, own) is None
                and key not in wrong
                and not any(_misnamed(key, own, other) for other in own if key in own[other])
            ):
                yield key, f"there is no text {key}, which other languages have", "Add it."
        elif key in own[locale] and (name := _misnamed(key, own, locale)) is not None:
            yield key, f"no text is called {key}", f"Is {name} meant?"
        elif key in own[locale] and _alone(key, own) is not None:
            yield key, f"no other language has a text {key}", "Remove it, or add it to the others."
        elif key in own[locale]:
            yield from _places(profile, own, key, locale)


def misnamed(own: Own, locale: str) -> dict[str, str]:
    """Texts that only this language has, by the keys that are likely to be meant."""
    return {name: key for key in own[locale] if (name := _misnamed(key, own, locale)) is not None}


def _alone(key: str, own: Own) -> str | None:
    """Return the one of three languages or more that has this text: it is the odd one, not all the others."""
    having = [locale for locale in own if key in own[locale]]
    return having[0] if len(having) == 1 and len(own) > 2 and key not in common(ENGLISH) else None


def _sibling(key: str, own: Own, locale: str) -> str | None:
    """Return the only text of the same table that all other languages have and this one lacks."""
    others = [own[other].keys() for other in own if other != locale]
    table = f"{key.rpartition('.')[0]}."
    lacks = [one for one in set[str].intersection(*map(set, others)) - own[locale].keys() if one.startswith(table)]
    more = [one for one in own[locale] if one.startswith(table) and not any(one in keys for keys in others)]
    return lacks[0] if len(lacks) == 1 and more == [key] else None


def _misnamed(key: str, own: Own, locale: str) -> str | None:
    """Return the key that is probably meant by one that only this language has."""
    others = [other for other in own if other != locale]
    if key in common(ENGLISH) or not others or any(key in own[other] for other in others):
        return None
    known = {*common(ENGLISH), *(key for other in others for key in own[other])} - own[locale].keys()
    return meant(key, [*known], _MISSPELT) or _sibling(key, own, locale)


def _places(profile: Profile, own: Own, key: str, locale: str) -> Iterator[tuple[str, str, str]]:
    """Places that this language fills and most others don't, or the other way round."""
    filled = {other: undeclined(names(texts[key])) for other, texts in own.items() if key in texts}
    if len({*filled.values()}) == 1:
        return
    mine, usual = filled[locale], _usual(profile, key, filled)
    more, less = sorted(mine - usual), sorted(usual - mine)
    if more:
        name = meant(more[0], [*less, "seller", *profile.facts])
        if more[0] not in _filled_somewhere():
            nothing = f"Is {{{name}}} meant?" if name is not None else f"Remove {_shown(more[:1])}{_instead(usual)}."
            yield key, f"nothing fills {_shown(more[:1])} in {key}", nothing
            return
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
    """Return the most frequent placeholders among languages, preferring known ones, then the first language's."""
    english = common(ENGLISH)
    known = {*profile.facts, "seller", *(undeclined(names(english[key])) if key in english else ())}
    counted = Counter(filled.values())
    return max(counted, key=lambda places: (counted[places], places <= known))


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
        if not any(id_ in ids for ids in elsewhere) and (name := meant(id_, [*lacks])) is not None:
            yield id_, name
