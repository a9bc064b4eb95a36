"""A language that isn't shipped, read from a profile's folder: page texts and understanding."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bot.profile.problems import ProfileProblem, line_of
from bot.profile.toml_reader import read_tables, validate_tables
from bot.texts.text import merge_seller_cases
from bot.texts.toml_tables import common, for_pages
from bot.web.page_texts import BORROWED, PageWords, bring_page_words, flat, places, words
from nlu.intents.classifier import Classifier, read_classifier
from nlu.languages.language import Language
from nlu.languages.shipped import KNOWN, Known, bare, index_languages
from values.locale import ENGLISH, SHIPPED, Locale

if TYPE_CHECKING:
    from bot.profile.language_files import UnderstandingFile

_RETIRED = ("own_value.channel_", "desk.channel_")
"""Keys of earlier releases that a folder may still have; channels are named in its texts."""
WEIGHTS = Path("nlu/weights.gz")
"""Where a profile keeps the reader of intents that was trained for it (`okienko nlu train`)."""


def pages(folder: Path, locale: str, told: Mapping[str, str], problems: list[ProfileProblem]) -> PageWords:
    """Return the pages' words from `pages/CODE.toml`, and what they take from the seller's texts (`told`).

    Mistakes are added to `problems`: what English has and this lacks.
    """
    path = folder / "pages" / f"{locale}.toml"
    raw, source = read_tables(path, problems)
    if raw is None:
        return words(ENGLISH)
    own = _texts(raw, source, path, problems)
    english = words(ENGLISH)
    for key in sorted(english.keys() - {*own, *for_pages(common(ENGLISH))}):
        if key.partition(".")[0] not in BORROWED:
            line = line_of(source, key.split("."))
            remedy = f"Add it; in English it is “{english.texts[key]}”."
            problems.append(ProfileProblem(path, line, f"there are no words {key}", remedy))
    known = english.keys()
    for key, text in own.items():
        line = line_of(source, key.split("."))
        if key.startswith(_RETIRED):
            continue
        if key not in known:
            problems.append(
                ProfileProblem(path, line, f"no page has words {key}", "Remove it, or correct its spelling.")
            )
        elif odd := merge_seller_cases(places(text)) ^ merge_seller_cases(places(english.texts[key])):
            what = f"{key} and the English words differ in {', '.join(sorted(odd))}"
            problems.append(ProfileProblem(path, line, what, "Use the same places in both."))
    return bring_page_words(locale, {**told, **own})


def _texts(raw: dict[str, Any], source: str, path: Path, problems: list[ProfileProblem]) -> dict[str, str]:
    tables: dict[str, Mapping[str, str]] = {}
    for section, table in raw.items():
        if isinstance(table, dict) and all(isinstance(text, str) for text in table.values()):
            tables[section] = table
        else:
            what = f"{section} is no table of texts"
            problems.append(
                ProfileProblem(path, line_of(source, (section,)), what, "Write [section] and key = “text”.")
            )
    return flat(tables)


def understood(folder: Path, locales: tuple[str, ...], country: str, problems: list[ProfileProblem]) -> Known:
    """Return the languages in which this seller's customers are understood.

    They are the shipped ones among `locales`, then those of `nlu/CODE.toml`. A language without that file is
    understood by buttons, numbers and e-mails.
    """
    spoken = (Locale(locale) for locale in locales if locale not in SHIPPED)
    own = _classifier(folder / WEIGHTS, problems)
    shipped = (language for code, language in KNOWN.items() if code in locales)
    shipped = (replace(language, classifier=own) for language in shipped) if own is not None else shipped
    return index_languages((*shipped, *(_language(folder, locale, country, problems) for locale in spoken)))


def _classifier(path: Path, problems: list[ProfileProblem]) -> Callable[[], Classifier] | None:
    """Return the reader of intents that this desk trained for itself; None where it has none."""
    if not path.exists():
        return None
    try:
        trained = read_classifier(path)
    except (OSError, ValueError, KeyError, EOFError) as error:
        remedy = f"Train it anew: okienko nlu train --out {path}"
        problems.append(ProfileProblem(path, 0, f"the trained reader can’t be read: {error}", remedy))
        return None
    return lambda: trained


def _language(folder: Path, locale: Locale, country: str, problems: list[ProfileProblem]) -> Language:
    path = folder / "nlu" / f"{locale}.toml"
    if not path.exists():
        return bare(locale)
    raw, source = read_tables(path, problems)
    # By name: the schema takes 10 ms, which a desk that speaks shipped languages alone does without.
    schema: type[UnderstandingFile] = import_module("bot.profile.language_files").UnderstandingFile
    file = validate_tables(schema, raw, source, path, problems) if raw is not None else None
    return file.build(locale, country) if file is not None else bare(locale)
