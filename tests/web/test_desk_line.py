"""A line of the console's transcript as markup."""

from datetime import UTC, datetime
from types import SimpleNamespace

from bot.conversation.outbound import Card, CardRow
from bot.usecases.agents.lines_view import TranscriptLine
from bot.web.pages import Pages, Site

TOLD = SimpleNamespace(hour=lambda at: f"{at:%H:%M}", seen=lambda text: text)  # pyright: ignore[reportUnknownLambdaType]
CARD = Card(
    "company",
    "company",
    "Dane do faktury",
    (CardRow("company_name", "Nazwa", "<b>Bursztyn</b>"),),
    total="367,77 zł",
    state="Czeka",
)


def markup(text: str) -> str:
    """The lines' part of the page, with one message of the bot's."""
    pages = Pages(Site("http://testserver", "FakturaSmart", "Okienko FakturaSmart"))
    line = TranscriptLine(3, "bot", text, datetime(2026, 11, 20, 9, tzinfo=UTC), card=CARD)
    lines = SimpleNamespace(start=0, last=3, mark="m", older=False, lines=(line,))
    talk = SimpleNamespace(conversation=SimpleNamespace(id="c"))
    return pages.text("desk/parts/lines.html", "pl", lines=lines, talk=talk, told=TOLD)


def test_an_agent_reads_the_card_above_the_words() -> None:
    shown = markup("Zgadza się?")
    assert shown.index("Dane do faktury") < shown.index("367,77 zł") < shown.index("Czeka") < shown.index("Zgadza się?")
    assert "<dt>Nazwa</dt>" in shown
    assert "&lt;b&gt;Bursztyn&lt;/b&gt;" in shown


def test_a_card_without_words_leaves_no_empty_line() -> None:
    assert 'class="text"' not in markup("")
