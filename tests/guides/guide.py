"""A seller's guide, sentence by sentence: where the desk keeps each, in the transcripts or in a test of its own.

A transcript is what the desk says today (`tests/journeys` holds it to that), so a sentence is kept where its scene
shows the words. What no transcript can show, such as a page's rule or the books, is named by the test that holds it.
"""

import ast
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

from bot.profile.load import load
from bot.profile.profile import Profile
from nlu.questions.faq import FaqIndex
from tests.journeys.teller import stored

TESTS = Path(__file__).parents[1]
SELLERS = ("fakturasmart", "vectra", "certified_platform", "konto_insert", "r2platnik")


class Promise(Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence of a guide. `step`: where in the journey; `says`: the sentence, shortened where it is long.

    `shows` stand in that order in the `scene` of the seller's transcript, or in the scene of `transcript`; `asks` is a
    question that the seller's FAQ answers, `answers` words of that answer; `tests` are FILE::TEST below `tests/`.
    """

    id: str
    step: str
    says: str
    scene: str = ""
    shows: tuple[str, ...] = ()
    transcript: str = ""
    asks: str = ""
    answers: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


class Guide(Struct, frozen=True, forbid_unknown_fields=True):
    """One seller's guide, in its language `locale`. `transcript`: the seller's in that language, without its ending."""

    locale: str
    transcript: str
    sentence: tuple[Promise, ...]


@cache
def guide(seller: str) -> Guide:
    """Return the seller's guide, from `SELLER.toml` beside this file."""
    return convert(tomllib.loads((Path(__file__).parent / f"{seller}.toml").read_text("utf-8")), Guide)


def answer(seller: str, question: str) -> str:
    """Return the answer that the seller's FAQ has for a question, lines joined; empty where it has none."""
    locale = guide(seller).locale
    known, index = _faq(seller)
    hit = next(iter(index.find(question, locale)), None)
    texts = [entry.answer for entry in known.faq[locale] if hit is not None and entry.id == hit.id]
    return _joined("".join(texts).replace("~", " ").splitlines())


@cache
def _faq(seller: str) -> tuple[Profile, FaqIndex]:
    profile = load(TESTS.parent / "profiles" / seller)
    return profile, profile.questions()


@cache
def scenes(transcript: str) -> dict[str, str]:
    """Return the scenes of a stored transcript."""
    name, _, locale = transcript.rpartition("_")
    return scenes_of(stored(name)[locale])


def scenes_of(told: str) -> dict[str, str]:
    """Return a transcript's scenes by their titles, lines joined: where they break says nothing."""
    lines = told.splitlines()
    starts = [at for at, line in enumerate(lines[1:]) if line and set(line) == {"="}]
    return {lines[at]: _joined(lines[at + 2 : end]) for at, end in zip(starts, [*starts[1:], len(lines)], strict=True)}


def check(seller: str, promise: Promise, told: Mapping[str, str]) -> None:
    """Assert that the sentence is kept; `told` are the scenes of its transcript."""
    assert promise.shows or promise.answers or promise.tests, "nothing shows it"
    rest = told[promise.scene] if promise.shows else ""
    for words in promise.shows:
        assert words in rest, f"«{words}» isn't said there: {promise.says}"
        rest = rest[rest.index(words) + len(words) :]
    answered = answer(seller, promise.asks) if promise.asks else ""
    assert all(words in answered for words in promise.answers), answered
    for one in promise.tests:
        file, _, name = one.partition("::")
        assert name in named_tests(file), one


@cache
def named_tests(file: str) -> frozenset[str]:
    """Return the names of the tests in a file below `tests/`."""
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).replace("│", " ").split())
