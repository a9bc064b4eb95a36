"""Files of a profile's folder that nothing reads: a picture that is shown nowhere, words of a dropped language."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.profile.problems import ProfileProblem

_READ = frozenset({"profile.toml", "texts", "faq", "pages", "nlu", "documents", "desk", "tests"})
_NOTES = (".md", ".txt", ".rst")
"""A folder under version control may say what it is."""
_PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".ico", ".webp", ".woff2", ".css")


def unread(folder: Path, locales: Sequence[str]) -> Iterator[ProfileProblem]:
    """Yield what lies at the top of the folder or among its words, and isn't read."""
    for path in sorted(folder.iterdir()):
        if path.name in _READ or path.name.startswith((".", "_", "LICEN")) or path.suffix in _NOTES:
            continue
        picture = path.suffix.lower() in _PICTURES
        remedy = "Remove it: the chat shows no picture or font of the seller's." if picture else "Remove it."
        yield ProfileProblem(path, 0, "nothing reads this", remedy)
    for kind in ("texts", "faq", "pages"):
        for path in sorted((folder / kind).glob("*.toml")):
            if path.stem not in locales:
                what = f"nothing reads this: “{path.stem}” isn’t among `locales`"
                yield ProfileProblem(path, 0, what, "Remove it, or add the language in profile.toml.")
