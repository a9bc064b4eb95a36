"""`okienko nlu adopt`: what agents labelled goes into a profile's FAQ."""

from collections.abc import Iterator
from pathlib import Path

from bot.cli import nlu_review, refuse
from bot.profile import ProfileErrors
from bot.profile.adoption import Adopted, NotAdopted, adopt, rows_of


def run(folder: Path, said: Path | None) -> Iterator[str]:
    """Yield lines about what was written; the labels are those of a file, or of the desk's database."""
    try:
        lines = nlu_review.lines(folder, labelled=True) if said is None else said.read_text("utf-8").splitlines()
        found = adopt(folder, [*rows_of(lines)])
    except (ProfileErrors, NotAdopted) as error:
        refuse(error)
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{said}: {error}")
    yield from _told(folder, found)


def _told(folder: Path, found: Adopted) -> Iterator[str]:
    yield from (f"{one.path}: new ways to ask {one.questions}, new entries {one.entries}" for one in found.files)
    yield from (f"left out: {one}" for one in found.left)
    if found.files:
        yield f"Next: read what was written, then `okienko check {folder}`, and start the desk anew."
    else:
        yield "There is nothing to write."
