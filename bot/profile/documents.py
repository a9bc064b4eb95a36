"""The full texts of a profile's consents and documents: `documents/LOCALE/ID.txt`."""

from collections.abc import Iterator
from pathlib import Path

from bot.profile.mistakes import meant
from bot.profile.problems import ProfileProblem, line_of
from bot.profile.profile import Profile
from bot.profile.schema import ProfileFile
from bot.profile.toml_reader import source_of, text_of
from values.consent import is_document

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
                name = meant(gone, [*readable])
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
