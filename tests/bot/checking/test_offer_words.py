"""The quick check and the walk: what the walk says in the seller's own words is demanded before anybody is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.cli.check import collect_said_texts
from bot.profile import Profile, load
from bot.profile.text_checks import text_problems
from bot.profile.texts import OwnTexts, own_texts
from bot.texts.toml_tables import common
from dialogs.kit import Params, Word
from tests.architecture.rooms import ROOT
from tests.walks import walk_of_the_day
from values.locale import ENGLISH

SHIPPED = sorted(path.parent for path in (ROOT / "profiles").glob("*/profile.toml"))


def words_of(key: str, params: Params) -> Iterator[str]:
    """The text and those that stand in it."""
    yield key
    for value in params.values():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Word):
                yield from words_of(one.key, dict(one.params))


def without(key: str, profile: Profile, own: dict[str, OwnTexts]) -> set[str]:
    """The quick check's words on a profile that lacks one text in all its languages."""
    texts = {of: {k: v for k, v in known.items() if k != key} for of, known in profile.catalogue.texts.items()}
    lacking = {of: replace(one, texts={k: v for k, v in one.texts.items() if k != key}) for of, one in own.items()}
    spoilt = replace(profile, catalogue=replace(profile.catalogue, texts=texts))
    return {problem.what for problem in text_problems(spoilt, lacking, ())}


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda path: path.name)
def test_a_text_that_the_walk_says_and_only_the_seller_has_is_demanded_by_the_quick_check(folder: Path) -> None:
    profile = load(folder)
    own = {locale: own_texts(folder, locale, []) for locale in profile.seller.locales}
    walked = {
        word for key, params in collect_said_texts(walk_of_the_day(profile.seller)) for word in words_of(key, params)
    }
    said = sorted(walked & ({key for found in own.values() for key in found.texts} - common(ENGLISH).keys()))
    assert f"plan.{profile.seller.plans[0].id}" in said if profile.seller.plans else said
    assert [key for key in said if f"there is no text {key}" not in without(key, profile, own)] == []
