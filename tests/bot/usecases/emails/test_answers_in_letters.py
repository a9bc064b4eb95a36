"""Answers to a seller's own questions in the letter that confirms an order: which, in whose words, never as markup."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.conversation.render import Renderer
from bot.profile import load
from bot.usecases.emails import informational, jobs
from dialogs.messages.letters import SendNote
from services.messaging.mail import Mail
from services.questions import own_answers
from services.questions.own_answers import OwnAnswer
from services.store.database import Store
from tests.kit.narrow import present
from tests.sellers.sellers import asking_seller
from tests.services.domain.people import buyer, placed
from values.question import AnswerValue, Keep

pytestmark = pytest.mark.anyio
HOLDERS: Mapping[Keep, str] = {"account": "a1", "company": "f1", "order": "o1"}
GIVEN: Mapping[Keep, Mapping[str, AnswerValue | None]] = {
    "account": {"source": "fair", "news": False, "tools": ("shop", "bank")},
    "company": {"shop_name": "Kwiatki <b>Anny</b> {name}", "staff": 12, "accountant": "biuro@example.com"},
    "order": {"start_day": "2027-05-03", "branch": "south", "note": None},
}
ROWS = (
    "How you found us: At a fair",
    "Accounting firm: No",
    "Number of people: 12",
    "Connections: Online shop and Bank",
    "Shop’s name: Kwiatki <b>Anny</b> {name}",
    "Branch: South",
    "First day: 3 May 2027",
)
"""In the order of the profile. `note` was passed over, and `accountant` is shown to agents alone."""


@pytest.fixture
def renderer(tmp_path: Path) -> Renderer:
    """A seller whose letters show all answers but one."""
    folder = asking_seller(tmp_path / "seller")
    profile = folder / "profile.toml"
    head, *questions = profile.read_text("utf-8").split("[[question]]\n")
    shown = [one if "show =" in one else f'show = ["letter"]\n{one.lstrip()}' for one in questions]
    profile.write_text("[[question]]\n".join([head, *shown]), "utf-8")
    return load(folder).renderer()


def ordered(connection: sa.Connection, given: Mapping[Keep, Mapping[str, AnswerValue | None]]) -> None:
    """An order, and answers that were given in Polish."""
    buyer(connection)
    placed(connection)
    for keep, answers in given.items():
        said = {name: OwnAnswer(value, "po polsku", "po polsku") for name, value in answers.items()}
        own_answers.keep(connection, keep=keep, holder=HOLDERS[keep], account_id="a1", given=said)


def letter(connection: sa.Connection, renderer: Renderer) -> Mail:
    note = SendNote("order_confirmed", "o1")
    told = present(informational.facts(connection, note, renderer, "en"))
    return jobs.note_letter(renderer, note, told, "en", "https://desk.example")


async def test_answers_stand_in_the_letter_in_its_language_and_in_the_order_of_the_profile(
    store: Store, renderer: Renderer
) -> None:
    await store.write(lambda c: ordered(c, GIVEN))
    sent = await store.read(lambda c: letter(c, renderer))
    listed = sent.text.partition("\n\nYour answers:\n")[2].partition("\n\n")[0]
    assert tuple(listed.splitlines()) == ROWS
    assert sent.text.index("Buyer:") < sent.text.index("Your answers:")
    assert "po polsku" not in sent.text
    assert "biuro@example.com" not in sent.text


async def test_an_answer_is_no_markup(store: Store, renderer: Renderer) -> None:
    await store.write(lambda c: ordered(c, GIVEN))
    sent = await store.read(lambda c: letter(c, renderer))
    assert "Kwiatki &lt;b&gt;Anny&lt;/b&gt; {name}" in sent.html
    assert "<b>" not in sent.html
    assert "Kwiatki <b>Anny</b> {name}" in sent.text


@pytest.mark.parametrize("given", [{}, {"order": {"note": None}}, {"company": {"accountant": "biuro@example.com"}}])
async def test_without_answers_to_be_shown_the_letter_is_as_it_is_for_a_seller_without_questions(
    store: Store, renderer: Renderer, given: Mapping[Keep, Mapping[str, AnswerValue | None]]
) -> None:
    await store.write(lambda c: ordered(c, given))
    unasked = load(Path("profiles/fakturasmart")).renderer()
    assert await store.read(lambda c: letter(c, renderer)) == await store.read(lambda c: letter(c, unasked))


async def test_another_mailbox_reads_nothing_of_the_account(store: Store, renderer: Renderer) -> None:
    await store.write(lambda c: ordered(c, GIVEN))
    note = SendNote("order_confirmed", "o1", "invoices@example.com")
    told = present(await store.read(lambda c: informational.facts(c, note, renderer, "en")))
    of_account = ("How you found us", "Accounting firm", "Connections")
    assert str(told.params["answers"]).splitlines() == [row for row in ROWS if not row.startswith(of_account)]
