"""From a line that was wrongly read to an answer of the FAQ: agents' pages over HTTP, on a whole desk.

Sentences that weren't understood, from the chat to a line of training data; a whole desk, on each database.
"""

import asyncio
import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build
from bot.conversation import identity
from bot.profile import load
from bot.usecases.handoff.training import Sentence, TrainingLabels
from dialogs.journey import journey_of
from nlu.evaluation import INTENTS
from services.store import journal
from services.support import faq_drafts, labels, misread_lines
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running, running_desk
from tests.desk.test_console_lines import long_talk
from tests.desk.test_console_pages import trail, waiting
from tests.kit.talks import place_of, says

IN_EURO = "żółw płaci w euro, prawda?"
IN_THE_LIST = "Jak mogę zapłacić? Piszcie na [email]"


async def asked(desk: Running, words: str = "Jak mogę zapłacić? Piszcie na anna@example.com") -> tuple[str, int]:
    """A customer has asked something at the first question; where, and the line."""
    where = await place_of(desk, await says(desk.customer(), "/start", "start:buy", words))
    said = await desk.installation.store.read(lambda c: journal.messages(c, where, with_customer=True))
    return where, [one.id for one in said if one.kind == journal.CUSTOMER][-1]


async def marked(desk: Running, where: str) -> frozenset[int]:
    return await desk.installation.store.read(lambda c: misread_lines.list_marked_lines(c, where, 0))


async def sentences_of(marek: AgentHttp) -> str:
    """Return what the list of an overview opened now says."""
    await marek.get("/desk/overview?days=1")
    return html.unescape(re.sub(r"<[^>]*>|\s+", " ", marek.page.split('id="sentences"')[1]))


def options(page: str, line: int) -> list[str]:
    """The entries that the list offers for a line, in their order."""
    return re.findall(r'<option value="([a-z_0-9]+)"', page.split(f'id="asks-{line}"')[1].split("</select>")[0])


async def test_any_agent_marks_a_line_and_takes_it_back(desk: Running, anna: AgentHttp, marek: AgentHttp) -> None:
    where, line = await asked(desk)
    assert "Zdania do oznaczenia" in await sentences_of(marek)
    assert "Jak mogę" not in await sentences_of(marek), "it was taken for a question that has an answer"
    await anna.get(f"/desk/c/{where}")
    assert anna.page.count("Źle odczytane?") == 1, "the words alone: neither the command nor the button"

    for _ in range(2):
        answer = await anna.act(where, "misread", line=str(line))
        assert answer.headers["location"] == f"/desk/c/{where}?before={line}#line-{line}"
    assert await marked(desk, where) == {line}
    assert (await trail(desk)).count("misread") == 1, "marked twice, noted once"
    assert "Oznaczone jako źle odczytane" in (await anna.get(f"/desk/c/{where}")).text

    await desk.advance(61)  # figures are a minute old at most
    told = await sentences_of(marek)
    assert IN_THE_LIST in told
    assert "odczytane jako ask_payment_methods" in told, "as it was read at the time"
    assert "Odpowiedź: " in told
    assert "BLIK" in told
    assert "niezrozumiane: 0, źle odczytane: 1" in told

    for _ in range(2):
        await anna.act(where, "misread", line=str(line), back="yes")
    assert await marked(desk, where) == frozenset()
    assert (await trail(desk)).count("misread_taken_back") == 1
    assert IN_THE_LIST not in await sentences_of(marek)


async def test_a_line_is_marked_by_a_form_of_this_page_in_its_own_conversation(desk: Running, anna: AgentHttp) -> None:
    (where, line), (elsewhere, _) = await asked(desk), await asked(desk)
    said = await desk.installation.store.read(lambda c: journal.read_all(c, where))
    others = [one.id for one in said if one.id != line]

    assert (await anna.post(f"/desk/c/{where}/misread", line=str(line), csrf="x" * 40)).status_code == 403
    assert (await anna.act(where, "misread", line="x")).status_code == 422
    await anna.act(elsewhere, "misread", line=str(line))
    for other in others:  # the command, the button, the bot's own words
        await anna.act(where, "misread", line=str(other))

    assert await marked(desk, where) | await marked(desk, elsewhere) == frozenset()


async def test_a_page_that_is_open_sees_what_a_colleague_marks(desk: Running, marek: AgentHttp) -> None:
    scripted, shown = await long_talk(desk)
    await scripted.customer.say("Czy ktoś mnie słyszy?")
    await shown.refresh()
    line = max(id for id, text in shown.lines.items() if "said customer" in text)
    before = shown.redrawn

    await marek.act(shown.where, "misread", line=str(line))
    await shown.refresh()

    assert "Oznaczone jako źle odczytane" in shown.lines[line]
    assert shown.redrawn == before + 1
    await shown.refresh()
    assert shown.redrawn == before + 1
    await shown.is_right()


async def test_a_script_is_brought_the_lines_as_they_are_now(desk: Running, anna: AgentHttp) -> None:
    where, line = await asked(desk)
    await anna.get(f"/desk/c/{where}")
    answer = await anna.post(f"/desk/c/{where}/misread", {"hx-request": "true"}, line=str(line))
    assert answer.status_code == 200
    assert 'id="piece-lines"' in answer.text
    assert f'id="misread-{line}">Cofnij' in answer.text


async def test_one_press_makes_a_way_to_ask_of_a_line(desk: Running, marek: AgentHttp) -> None:
    where, line = await asked(desk)
    await marek.act(where, "misread", line=str(line))
    await marek.get("/desk/overview?days=1")
    near = options(marek.page, line)
    assert near[0] == "ask_payment_methods", "the nearest first"
    assert len(near) == len({*near}) == len(desk.installation.profile.faq["pl"])

    assert (await marek.post("/desk/overview/label", line=str(line), faq="no_such")).status_code == 422
    assert (await marek.post("/desk/overview/label", line=str(line), faq=near[0])).status_code == 303

    assert IN_THE_LIST not in await sentences_of(marek)
    [label] = list(await desk.installation.store.read(lambda c: list(labels.list_labels(c, examples=True))))
    assert (label.words, label.faq, label.intent) == (IN_THE_LIST, "ask_payment_methods", None)
    assert "źle odczytane: 1" in await sentences_of(marek), "what is labelled was wrongly read all the same"


TITLES = {"pl": "Płatność w euro", "it": "Pagare in euro", "en": "Paying in euro"}
ANSWERS = {"pl": "Tak, {support} poda numer konta.", "it": "Sì, scriva a {support}.", "en": "Yes, ask {support}."}
WORDS = {f"title-{of}": text for of, text in TITLES.items()} | {f"answer-{of}": text for of, text in ANSWERS.items()}


async def test_a_new_answer_is_written_refused_kept_and_offered(desk: Running, marek: AgentHttp) -> None:
    (where, line), (elsewhere, other) = await asked(desk), await asked(desk, IN_EURO)
    await marek.act(where, "misread", line=str(line))
    await marek.get(f"/desk/overview/entry?line={line}")
    assert IN_THE_LIST in marek.words

    for wrong in ({"title-it": " "}, {"answer-en": "x" * 1001}, {"answer-pl": "{nip}"}, {"title-en": "{"}):
        refused = await marek.post("/desk/overview/entry", None, line=str(line), **(WORDS | wrong))
        assert refused.status_code == 422, wrong
        assert "Tak, {support} poda" in refused.text or wrong.get("answer-pl", "") in refused.text, "as it was typed"
    assert (await marek.get("/desk/overview/entry?line=999999")).status_code == 404
    assert await desk.installation.store.read(faq_drafts.list_drafts) == ()

    assert (await marek.post("/desk/overview/entry", None, line=str(line), **WORDS)).status_code == 303
    [draft] = await desk.installation.store.read(faq_drafts.list_drafts)
    assert (draft.id, draft.words["it"].title) == ("platnosc_w_euro", "Pagare in euro")
    assert "entry_written" in await trail(desk)
    await marek.act(elsewhere, "misread", line=str(other))
    await marek.get("/desk/overview?days=1")
    assert "platnosc_w_euro" in options(marek.page, other), "the next who asks the same asks for it"


async def test_supervisors_label_and_agents_only_mark(desk: Running, anna: AgentHttp) -> None:
    _, line = await asked(desk)
    for answer in (
        await anna.post("/desk/overview/label", line=str(line), faq="ask_payment_methods"),
        await anna.get(f"/desk/overview/entry?line={line}"),
        await anna.post("/desk/overview/entry", line=str(line)),
    ):
        assert answer.status_code == 403


@on_each_database
async def test_wrongly_read_lines_are_counted_at_their_step_and_in_their_time(desk: Running) -> None:
    scripted, where = await waiting(desk)
    await scripted.customer.say("kawa z mlekiem owsianym proszę")
    said = await desk.installation.store.read(lambda c: journal.messages(c, where, with_customer=True))
    line = [one.id for one in said if one.kind == journal.CUSTOMER][-1]
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.act(where, "misread", line=str(line))
    await marek.get("/desk/overview?days=7")
    row = marek.page.split("Dane firmy: NIP</td>")[1].split("</tr>")[0]
    assert re.findall(r'<td class="n">(\d+)</td>', row)[4:6] == ["1", "1"], "neither understood nor rightly read"
    assert "źle odczytane: 1" in marek.words

    await desk.advance(3 * 24 * 3600)
    marek = await AgentHttp.logged_in(desk, "marek")
    assert "źle odczytane: 0" in await sentences_of(marek), "not of this day"
    await desk.installation.store.write(lambda c: journal.forget(c, where))
    assert await marked(desk, where) == frozenset(), "it goes with the line"


async def test_from_the_chat_to_the_sellers_faq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(tmp_path))
    async with running_desk(tmp_path) as desk:
        folder = Path(shutil.copytree(desk.installation.profile.folder, tmp_path / "seller"))
        marek = await AgentHttp.logged_in(desk, "marek")
        (where, line), (elsewhere, second) = await asked(desk), await asked(desk, IN_EURO)
        await marek.act(where, "misread", line=str(line))
        await marek.act(elsewhere, "misread", line=str(second))
        await marek.post("/desk/overview/label", line=str(line), faq="ask_payment_methods")
        await marek.get(f"/desk/overview/entry?line={second}")
        assert (await marek.post("/desk/overview/entry", None, line=str(second), **WORDS)).status_code == 303

        def typed(*command: str) -> Result:
            return CliRunner().invoke(build("nlu", "check"), ["nlu", *command])

        rows = [json.loads(row) for row in (await asyncio.to_thread(typed, "review", "--labelled")).stdout.splitlines()]
        assert {"text": IN_THE_LIST, "lang": "pl", "faq": "ask_payment_methods"} in rows
        assert rows[0]["entry"]["en"] == {"title": "Paying in euro", "answer": "Yes, ask {support}."}
        told = await asyncio.to_thread(typed, "adopt", str(folder))
        assert told.exit_code == 0, told.stderr
        assert f"{folder / 'faq/pl.toml'}: new ways to ask 1, new entries 1" in told.stdout
        assert (await asyncio.to_thread(typed, "adopt", str(folder))).stdout == "There is nothing to write.\n"
    profile = load(folder)
    known = {entry.id: entry for entry in profile.faq["pl"]}
    assert known["ask_payment_methods"].questions[-1] == IN_THE_LIST
    assert known["platnosc_w_euro"].questions == ("Płatność w euro", IN_EURO)
    assert profile.questions().find("czy żółw płaci w euro?", "pl")[0].id == "platnosc_w_euro"


# Two of each, so that none is taken for the customer's own.
ODD = "w sprawie żółwia napiszcie na zolw@example.com albo zolwik@example.com, 600 700 800 albo 600 700 801"


def labelling(desk: Running) -> TrainingLabels:
    return TrainingLabels(journey_of(desk.installation.profile.seller), desk.installation.profile.known)


async def listed(desk: Running) -> list[Sentence]:
    return await desk.installation.store.read(lambda c: labelling(desk).listed(c))


async def label(desk: Running, line_id: int, intent: str | None, **more: Any) -> bool:
    now = desk.installation.clock.now()
    return await desk.installation.store.write(
        lambda c: labelling(desk).label(c, line_id=line_id, intent=intent, agent_id="anna", now=now, **more)
    )


async def exported(desk: Running) -> list[dict[str, Any]]:
    lines = await desk.installation.store.read(lambda c: list(labelling(desk).exported(c)))
    return [json.loads(line) for line in lines]


async def at_email(desk: Running, *said: str) -> Customer:
    return await says(desk.customer(), "/start", "start:buy", *said)


@on_each_database
async def test_from_the_chat_to_training_data(desk: Running) -> None:
    customer = await at_email(desk, ODD, "ożywiony ołówek tańczy")
    newest, oldest = await listed(desk)

    assert oldest.said.words == ODD
    assert oldest.words == "w sprawie żółwia napiszcie na [email] albo [email], [phone] albo [phone]"
    assert (oldest.said.step, oldest.asked, oldest.said.locale) == ("account.account", None, "pl")
    assert oldest.guess in INTENTS
    assert newest.words == "ożywiony ołówek tańczy"
    assert "żółw" not in repr(oldest)

    with pytest.raises(ValueError, match="intent"):
        await label(desk, oldest.said.line_id, "tortoise")
    assert await label(desk, oldest.said.line_id, "out_of_scope")
    assert await label(desk, newest.said.line_id, None)
    assert await listed(desk) == []
    row = {"text": oldest.words, "lang": "pl", "intent": "out_of_scope"}
    assert await exported(desk) == [row], "what is no example isn't exported"
    assert await label(desk, oldest.said.line_id, "complaint", words="piszcie na zolw@example.com")
    assert await exported(desk) == [row | {"text": "piszcie na [email]", "intent": "complaint"}]

    talk = identity.conversation_id("rest", customer.sender)
    await desk.installation.store.write(lambda c: journal.forget(c, talk))
    assert await exported(desk) == [], "whoever is erased is in no training data"
    assert not await label(desk, oldest.said.line_id, "complaint")


async def test_what_is_awaited_stands_with_it_and_the_command_prints_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(tmp_path))

    def printed(*more: str) -> list[dict[str, Any]]:
        told = CliRunner().invoke(build("nlu", "check"), ["nlu", "review", *more])
        assert told.exit_code == 0, told.stderr
        return [json.loads(line) for line in told.stdout.splitlines()]

    async with running_desk(tmp_path) as desk:
        await at_email(desk, "account:new", "a co to za różnica dla żółwia")
        [sentence] = await listed(desk)

        assert (sentence.asked, sentence.expects, sentence.said.step) == ("email", "email", "account.email")
        row = {"text": sentence.words, "lang": "pl", "asked": "email"}
        guess = {"guess": sentence.guess, "confidence": sentence.confidence}
        assert await asyncio.to_thread(printed) == [row | guess]
        assert await asyncio.to_thread(printed, "--labelled") == []
        assert await label(desk, sentence.said.line_id, "complaint")
        assert await asyncio.to_thread(printed) == []
        assert await asyncio.to_thread(printed, "--labelled") == [row | {"intent": "complaint"}]
