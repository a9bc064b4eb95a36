"""`okienko nlu review`: customers' sentences that weren't understood, or were wrongly read; `adopt`: into the FAQ."""

import json
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import in_store
from bot.cli.profiles import read_profile
from bot.profile import ProfileErrors
from bot.profile.adoption import Adopted, NotAdopted, adopt, rows_of
from bot.usecases.handoff.training import TrainingLabels
from dialogs.journey import journey_of

PAGE = 200


def lines(profile: Path | None, *, labelled: bool) -> list[str]:
    """Return them as JSON, a line each: those without a label, or those with one."""
    settings = Settings()
    seller = read_profile(profile or settings.profile)
    desk = TrainingLabels(journey_of(seller.seller), seller.known)
    return in_store(settings, lambda s: s.read(lambda c: list(desk.exported(c) if labelled else _unlabelled(c, desk))))


def _unlabelled(connection: sa.Connection, desk: TrainingLabels) -> Iterator[str]:
    """Yield all sentences without a label, the newest first."""
    before: int | None = None
    while page := desk.listed(connection, before=before, most=PAGE):
        for one in page:
            asked = {"asked": one.asked} if one.asked is not None else {}
            row = {"text": one.words, "lang": one.said.locale, **asked, "guess": one.guess}
            misread = {"misread": True} if one.said.misread else {}
            yield json.dumps(row | {"confidence": one.confidence, **misread}, ensure_ascii=False)
        before = page[-1].said.line_id


def adopt_labels(folder: Path, said: Path | None) -> Iterator[str]:
    """Yield lines about what was written; the labels are those of a file, or of the desk's database."""
    try:
        labels = lines(folder, labelled=True) if said is None else said.read_text("utf-8").splitlines()
        found = adopt(folder, [*rows_of(labels)])
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
