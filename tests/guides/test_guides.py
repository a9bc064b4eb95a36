"""Every sentence of the five guides holds: named by seller, sentence and step."""

import pytest

from tests.guides.guide import SELLERS, Promise, check, guide, scenes


def cases() -> list[object]:
    return [
        pytest.param(seller, one, id=f"{seller}-{one.id}-{one.step}")
        for seller in SELLERS
        for one in guide(seller).sentence
    ]


@pytest.mark.parametrize(("seller", "promise"), cases())
def test_the_guides_sentence_is_kept(seller: str, promise: Promise) -> None:
    check(seller, promise, scenes(promise.transcript or guide(seller).transcript))


@pytest.mark.parametrize("seller", SELLERS)
def test_each_sentence_has_a_name_of_its_own(seller: str) -> None:
    ids = [one.id for one in guide(seller).sentence]
    assert len(ids) == len(set(ids))
