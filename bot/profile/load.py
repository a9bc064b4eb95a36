"""Reads a profile folder whole, or raises all that is wrong with it at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from bot.profile.canned_replies import replies
from bot.profile.languages import pages, understood
from bot.profile.mistakes import likely_name
from bot.profile.passages import Passage, passages
from bot.profile.problems import ProfileErrors, ProfileProblem, line_of
from bot.profile.profile import FaqEntry, Profile
from bot.profile.schema import FaqFile, ProfileFile
from bot.profile.sense import offer_problems
from bot.profile.tables import logo_of, look_problems
from bot.profile.text_checks import about_problems, case_problems, text_problems
from bot.profile.texts import (
    OwnTexts,
    addon_texts,
    find_lacking_texts,
    name_languages,
    own_texts,
    question_texts,
    read_shared_texts,
)
from bot.profile.toml_reader import read_tables, source_of, text_of, validate_tables
from bot.texts.catalogue import Catalogue
from bot.texts.text import PlainText, Text, TextError, TextPlace, parse
from bot.texts.toml_tables import for_pages
from values.consent import is_document
from values.locale import SHIPPED

_WORDS = ("texts", "faq", "pages")
"""The folders that have a file for each language; the shipped ones' pages are the desk's own."""
SOURCE = "kit.source"
"""The text that says where a part of a seller's page stands."""
FORMS: Mapping[str, str] = {"pl": "ty", "it": "tu", "en": "you"}


def load(folder: Path) -> Profile:
    """Read the profile in `folder`. Errors: ProfileErrors with every mistake, each with file, line and remedy."""
    problems: list[ProfileProblem] = []
    main = folder / "profile.toml"
    raw, source = read_tables(main, problems)
    file = validate_tables(ProfileFile, raw, source, main, problems) if raw is not None else None
    if file is None:
        raise ProfileErrors(tuple(problems))
    problems += offer_problems(file, main, source)
    file = _in_written_languages(folder, file, source, problems)
    spoken = file.locales
    asked = {locale: _faq(folder / "faq" / f"{locale}.toml", problems) for locale in spoken}
    faq = {locale: entries or () for locale, entries in asked.items()}
    own = {locale: own_texts(folder, locale, problems) for locale in spoken}
    answers = {locale: _answers(folder / "faq" / f"{locale}.toml", faq[locale], problems) for locale in spoken}
    brand = file.brand.build()
    seller = TextPlace("seller")
    about = {at: {"zone.what_is_this": PlainText((seller, f". {line}."))} for at, line in brand.about.items()}
    known = {**name_languages(spoken), **addon_texts(addon.build(file.currency) for addon in file.addon)}
    texts = {
        locale: {**known, **read_shared_texts(locale), **about.get(locale, {}), **own[locale].texts, **answers[locale]}
        for locale in spoken
    }
    told = passages(folder, spoken, problems)
    texts = {locale: {**written, **_cited(told[locale], written)} for locale, written in texts.items()}
    texts = {locale: {**question_texts(file.own_questions, written), **written} for locale, written in texts.items()}
    names = {locale: cases.model_dump(exclude_none=True) for locale, cases in file.name_cases.items()}
    catalogue = Catalogue(texts, {**FORMS, **file.address}, file.time_zone, names)
    brought = {
        locale: pages(folder, locale, for_pages(texts[locale]), problems) for locale in spoken if locale not in SHIPPED
    }
    heard = understood(folder, spoken, file.country, problems)
    profile = Profile(
        folder,
        replace(file.build(_former(file, own)), answers=frozenset(_ids(faq, told))),
        brand,
        catalogue,
        faq,
        file.providers,
        file.pay_to(),
        brought,
        heard,
        file.accounts(),
        file.links,
        replies(folder, spoken, problems),
        documents(folder, file, problems),
        told,
        logo_of(folder, brand.logo, problems, line_of(source, ("brand", "logo"))),
    )
    gone = [problem for locale in spoken for problem in find_lacking_texts(folder, locale, own[locale])]
    # A language without its common texts lacks hundreds: what those would say is not looked at as well.
    problems += gone or (
        *text_problems(profile, own, [locale for locale, entries in asked.items() if entries is not None]),
        *case_problems(profile, main, source),
        *about_problems(profile, main, source),
        *look_problems(profile.look, main, source),
        *document_problems(profile),
    )
    if problems:
        raise ProfileErrors(tuple(problems))
    return profile.worded()


def _in_written_languages(folder: Path, file: ProfileFile, source: str, problems: list[ProfileProblem]) -> ProfileFile:
    """Return the file without languages in which the folder has nothing: each is one mistake, not one for each file.

    Raises ProfileErrors where no language is left.
    """
    main = folder / "profile.toml"
    written = tuple(one for one in file.locales if any((folder / kind / f"{one}.toml").exists() for kind in _WORDS))
    for locale in (one for one in file.locales if one not in written):
        kinds = _WORDS[:2] if locale in SHIPPED else _WORDS
        files = ", ".join(f"{kind}/{locale}.toml" for kind in kinds)
        more = "" if locale in SHIPPED else " (docs/how-to/sell-in-another-language.md)"
        what = f"“{locale}” is among `locales`, and the folder has no words in it"
        remedy = f"Take it out, or write {files}{more}."
        problems.append(ProfileProblem(main, line_of(source, ("locales",)) or 1, what, remedy))
    if not written:
        raise ProfileErrors(tuple(problems))
    return file.model_copy(update={"locales": written})


def _former(file: ProfileFile, own: Mapping[str, OwnTexts]) -> tuple[str, ...]:
    """Return the plans no longer sold that the file or the texts still name, so that their orders can be shown."""
    named = {key.removeprefix("plan.") for found in own.values() for key in found.texts if key.startswith("plan.")}
    unsold = {plan.id for plan in file.plan if not plan.sold}
    return tuple(sorted((named | unsold) - {plan.id for plan in file.plan if plan.sold}))


def _faq(path: Path, problems: list[ProfileProblem]) -> tuple[FaqEntry, ...] | None:
    """Return the entries of a file, None for one that can't be read."""
    raw, source = read_tables(path, problems)
    file = validate_tables(FaqFile, raw, source, path, problems) if raw is not None else None
    if file is None:
        return None
    entries, seen = tuple(entry.build() for entry in file.entry), set[str]()
    for n, entry in enumerate(entries):
        if entry.id in seen:
            line = line_of(source, ("entry", n, "id"))
            problems.append(ProfileProblem(path, line, f"{entry.id} stands here twice", "Put the questions together."))
        seen.add(entry.id)
    return entries


def _ids(faq: Mapping[str, tuple[FaqEntry, ...]], told: Mapping[str, tuple[Passage, ...]]) -> Iterator[str]:
    yield from (entry.id for entries in faq.values() for entry in entries)
    yield from (one.id for parts in told.values() for one in parts)


def _cited(parts: tuple[Passage, ...], texts: Mapping[str, Text]) -> dict[str, Text]:
    """Return the parts of a seller's pages as texts `faq.<id>`, each with the place where it stands."""
    source = texts.get(SOURCE)
    found: dict[str, Text] = {f"faq.{one.id}.asked": PlainText((one.heading,)) for one in parts}
    return found | {f"faq.{one.id}": PlainText((one.words, *_source(source, one))) for one in parts}


def _source(source: Text | None, one: Passage) -> tuple[str, ...]:
    if not isinstance(source, PlainText):  # a language without it lacks all common texts, which is told
        return ()
    place = one.title if one.heading == one.title else f"{one.title} › {one.heading}"
    return ("\n\n", *(place if isinstance(piece, TextPlace) else str(piece) for piece in source.pieces))


def _answers(path: Path, entries: tuple[FaqEntry, ...], problems: list[ProfileProblem]) -> dict[str, Text]:
    """Return the answers of the FAQ as texts `faq.<id>`, their titles as `faq.<id>.title`."""
    answers: dict[str, Text] = {}
    for n, entry in enumerate(entries):
        try:
            answers[f"faq.{entry.id}"] = parse(entry.answer)
            if entry.title is not None:
                answers[f"faq.{entry.id}.title"] = parse(entry.title)
            answers[f"faq.{entry.id}.asked"] = parse(entry.title or entry.questions[0])
        except TextError as error:
            line = line_of(source_of(path), ("entry", n, "answer"))
            problems.append(ProfileProblem(path, line, f"{entry.id}: {error}", "Correct the answer."))
    return answers


_NAMED = "A document is a plain text called documents/LOCALE/ID.txt; name it so, or remove it."


def documents(folder: Path, file: ProfileFile, problems: list[ProfileProblem]) -> dict[tuple[str, str], str]:
    """All full texts of the folder, by id and language; mistakes are added to `problems`."""
    known = {one.id for one in (*file.consent, *file.document)}
    found: dict[tuple[str, str], str] = {}
    out = sorted(one for one in (folder / "documents").glob("*") if one.is_dir() and one.name not in file.locales)
    for path in out:
        what = f"these documents are in “{path.name}”, which isn’t among `locales`"
        problems.append(ProfileProblem(path, 0, what, "Remove the folder, or add the language in profile.toml."))
    for path in sorted(path for path in (folder / "documents").glob("**/*") if path.is_file()):
        id_, locale = path.stem, path.parent.name
        if any(gone in path.parents for gone in out):
            continue
        if path != folder / "documents" / locale / f"{id_}.txt" or locale not in file.locales:
            problems.append(ProfileProblem(path, 0, "this is no document", _NAMED))
        elif id_ not in known:
            what = f"there is no consent or document {id_}"
            problems.append(ProfileProblem(path, 0, what, "Correct the file's name, or remove it."))
        elif (text := _text(path, problems)) is not None:
            found[id_, locale] = text
    for id_, locale in sorted((id_, locale) for id_ in {id_ for id_, _ in found} for locale in file.locales):
        path = folder / "documents" / locale / f"{id_}.txt"
        if not path.exists():
            problems.append(ProfileProblem(path, 0, f"{id_} has a full text, but not in {locale}", "Write it."))
    return found


def document_problems(profile: Profile) -> Iterator[ProfileProblem]:
    """Yield FAQ answers that lead to documents without a full text."""
    readable = {id_ for id_, _ in profile.documents}
    for locale, entries in profile.faq.items():
        path = profile.folder / "faq" / f"{locale}.toml"
        for n, entry in enumerate(entries):
            for gone in sorted({*entry.documents} - readable):
                name = likely_name(gone, [*readable])
                written = f"Write documents/{locale}/{gone}.txt, or remove it."
                remedy = f"Is {name} meant?" if name is not None else written
                line = line_of(source_of(path), ("entry", n, "documents"))
                yield ProfileProblem(path, line, f"{entry.id} leads to {gone}, which has no full text", remedy)


def _text(path: Path, problems: list[ProfileProblem]) -> str | None:
    source = text_of(path, problems)
    if source is None:
        return None
    text = source.strip()
    if not is_document(text):
        problems.append(ProfileProblem(path, 1, "this text has no heading", "Begin with a line `# Heading`."))
        return None
    return text
