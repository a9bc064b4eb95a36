"""Entries that agents write for the seller's FAQ: their ids, and what is none."""

import pytest
import sqlalchemy as sa

from services.support import faq_drafts
from services.support.faq_drafts import DraftRefused, DraftWords, FaqDraft
from tests.kit.rows import all_rows
from tests.services.domain.people import NOW


def draft(title: str = "Płatność w euro", answer: str = "Tak.") -> FaqDraft:
    return FaqDraft("euro", {"pl": DraftWords(title, answer)}, "agent-1", NOW)


@all_rows
def test_an_id_is_what_a_profile_takes_for_one_and_nobody_has_it(title: str, id: str) -> None:
    assert faq_drafts.new_id(title, {"pomoc"}) == id


def test_an_entry_is_kept_once_and_as_it_was_written(connection: sa.Connection) -> None:
    faq_drafts.keep(connection, draft())
    faq_drafts.keep(connection, draft(answer="Nie."))
    assert faq_drafts.listed(connection) == (draft(),)


@pytest.mark.parametrize(
    ("wrong", "reason"), [(draft(""), "title"), (draft("T" * 41), "title"), (draft(answer=""), "answer")]
)
def test_words_that_make_no_entry(connection: sa.Connection, wrong: FaqDraft, reason: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        faq_drafts.keep(connection, wrong)
    assert (refused.value.reason, refused.value.locale) == (reason, "pl")
    assert faq_drafts.listed(connection) == ()
