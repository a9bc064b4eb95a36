"""Every sentence of the five guides holds: named by seller, sentence and step."""

import pytest

from tests.guides.guide import SELLERS, Promise, answer, guide, named_tests, scenes


def cases() -> list[object]:
    return [
        pytest.param(seller, one, id=f"{seller}-{one.id}-{one.step}")
        for seller in SELLERS
        for one in guide(seller).sentence
    ]


@pytest.mark.parametrize(("seller", "promise"), cases())
def test_the_guides_sentence_is_kept(seller: str, promise: Promise) -> None:
    assert promise.shows or promise.answers or promise.tests, "nothing shows it"
    rest = scenes(promise.transcript or guide(seller).transcript)[promise.scene] if promise.shows else ""
    for words in promise.shows:
        assert words in rest, f"«{words}» isn't said there: {promise.says}"
        rest = rest[rest.index(words) + len(words) :]
    answered = answer(seller, promise.asks) if promise.asks else ""
    assert all(words in answered for words in promise.answers), answered
    for one in promise.tests:
        file, _, name = one.partition("::")
        assert name in named_tests(file), one


@pytest.mark.parametrize("seller", SELLERS)
def test_each_sentence_has_a_name_of_its_own(seller: str) -> None:
    ids = [one.id for one in guide(seller).sentence]
    assert len(ids) == len(set(ids))
