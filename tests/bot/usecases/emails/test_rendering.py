"""Letters as they are rendered: their parts, what they hold, and what can't be sent."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.conversation import codec
from bot.conversation.render import Renderer
from bot.profile import load
from bot.texts import catalogue
from bot.usecases.emails import informational, jobs, rendering
from bot.usecases.emails.informational import NoteFacts
from bot.usecases.job_deps import JOBS, JobDeps, JobRow
from bot.usecases.jobs import JobTable, outcome_event
from dialogs.explorer.samples import INVOICE
from dialogs.kit import Params, Word
from dialogs.messages.handoff import REASONS
from dialogs.messages.letters import LetterFailed, SendLetter, SendNote
from services.accounts.consents import ConsentStatus
from services.jobs.port import GaveUp, StoredJob
from services.messaging.mail import Mail
from services.questions import own_answers
from services.store.database import Store
from services.store.journal import BOT, CUSTOMER, JournalEntry
from tests.architecture.rooms import ROOT
from tests.bot.usecases.emails.test_every_letter import Letter
from tests.kit.narrow import present
from tests.masks import masks_of_contacts
from tests.sellers.sellers import asking_seller
from tests.services.domain.people import buyer, placed
from tests.services.outside import NOON
from values import rules
from values.consent import fingerprint
from values.money import Money
from values.question import AnswerValue, Keep

DESK = "https://desk.example"
UNTIL = datetime(2026, 12, 5, 11, 0, tzinfo=UTC)
BY = ("Termin wpłaty: ", "Termine per il pagamento: ", "Pay by: ", "Zahlbar bis: ")
IGNORE = ("zignoruj", "ignoralo", "ignore it", "beachten Sie sie nicht")
PROFILES = sorted(path for path in (ROOT / "profiles").iterdir() if (path / "profile.toml").exists())
ORDERED: Params = {
    "user_name": "4455668",
    "number": "CP/2026/000001",
    "plan": Word("option.method.transfer"),
    "gross": Money(36777, "PLN"),
    "until": UNTIL,
    **dict.fromkeys(("payee", "iban", "bic", "bank", "slip_payee", "slip_account"), "x"),
    **dict.fromkeys(("extra", "years", "name", "delivery", "ends", "discount", "auto_renewal", "chargeable")),
}


def spoken(folder: Path) -> Iterator[tuple[Renderer, str]]:
    """A seller's renderer with each of its languages."""
    renderer = load(folder).renderer()
    yield from ((renderer, locale) for locale in renderer.seller.locales)


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_only_what_anybody_may_ask_for_is_to_be_ignored(folder: Path) -> None:
    for renderer, locale in spoken(folder):
        for note in (rules.NOTE_WELCOME, rules.NOTE_EMAIL_REPLACED, rules.NOTE_USER_NAME):
            told = NoteFacts("anna@example.com", {**ORDERED, "email": "anna@example.com"})
            foot = jobs.note_letter(renderer, SendNote(note, "o1"), told, locale, DESK).text.strip().splitlines()[-1]
            assert any(words in foot for words in IGNORE) == (note == rules.NOTE_USER_NAME), (locale, foot)


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("method", ["transfer", "postal_slip"])
def test_how_to_pay_says_until_when(folder: Path, method: str) -> None:
    for renderer, locale in spoken(folder):
        told = NoteFacts("anna@example.com", ORDERED, method)
        letter = jobs.note_letter(renderer, SendNote(rules.NOTE_INSTRUCTIONS, "o1"), told, locale, DESK)
        day = renderer.words("mail.confirm_email.text", {"seller": "", "expires_at": UNTIL, "link": ""}, locale)
        assert next(line for line in letter.text.splitlines() if line.startswith(BY)).partition(": ")[2] in day


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_a_notice_calls_a_correction_what_it_is(folder: Path) -> None:
    for renderer, locale in spoken(folder):
        subjects = {
            rendering.write_invoice_notice(
                renderer, "anna@example.com", invoice, "https://desk.example/x", locale
            ).subject
            for invoice in (INVOICE, replace(INVOICE, gross=Money(-8990, "PLN")))
        }
        assert len(subjects) == 2, locale


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_a_service_that_goes_on_isnt_told_as_a_new_one(folder: Path) -> None:
    for renderer, locale in spoken(folder):
        day = catalogue.day(UNTIL, locale)
        told = {**ORDERED, "ends": UNTIL}
        new, renewed = (
            jobs.note_letter(
                renderer, SendNote(rules.NOTE_ACTIVATED, "o1"), NoteFacts("anna@example.com", told, kind), locale, DESK
            )
            for kind in ("", "renewed")
        )
        assert day in renewed.subject
        assert day in renewed.text
        assert new.subject != renewed.subject


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_an_unknown_address_is_told_what_is_so_of_this_seller(folder: Path) -> None:
    for renderer, locale in spoken(folder):
        letter = rendering.write_link_letter(
            renderer, "no_account", "a@b.pl", "https://desk.example/chat", UNTIL, locale
        )
        title = renderer.words("option.start.sign_up", {}, locale)
        assert (title in letter.text) == ("sign_up" in renderer.seller.entries), (locale, letter.text)


def noticed(renderer: Renderer, locale: str, *lines: JournalEntry, why: str = "asked", reason: str = "asked") -> Mail:
    """The letter to support about a customer who is spoken to in this language."""
    href = "https://desk.example/desk/c/1"
    waits = rendering.WaitingNotice(href, "telegram", locale, why, UNTIL, "ewa@example.com", reason)
    return rendering.write_waiting_notice(renderer, "support@example.com", lines, waits, masks_of_contacts())


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_a_request_for_deletion_names_its_legal_term(folder: Path) -> None:
    for renderer, locale in spoken(folder):
        letter = noticed(renderer, locale, why="erasure")
        assert any(law in letter.text for law in ("RODO", "GDPR", "DSGVO"))
        assert catalogue.day(UNTIL.date(), renderer.seller.locales[0]) in letter.text
        assert "https://desk.example/desk/c/1\n" in letter.text
        shown = Letter(letter.html)
        assert (shown.links, shown.faults) == (["https://desk.example/desk/c/1"], [])
        assert letter.subject != noticed(renderer, locale).subject


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_support_reads_first_why_in_the_sellers_language(folder: Path) -> None:
    for renderer, locale in spoken(folder):
        for reason in REASONS:
            letter = noticed(renderer, locale, reason=reason)
            why = renderer.words("mail.support.reason", {"reason": reason}, renderer.seller.locales[0])
            assert letter.subject.startswith(why)
            assert letter.text.startswith(why)
        assert len({noticed(renderer, locale, reason=reason).subject for reason in REASONS}) > 7


def test_support_reads_the_last_lines_masked_and_short() -> None:
    renderer = load(ROOT / "profiles" / "fakturasmart").renderer()
    words = ("raz", "dwa", "600 700 800", "Zapisane: +48 600 700 800", "x" * 1000, "na ewa@example.com", "koniec")
    kinds = (CUSTOMER, BOT, CUSTOMER, BOT, BOT, CUSTOMER, CUSTOMER)
    lines = [
        JournalEntry(n, "c", n, kind, None, None, {"text": text}, UNTIL, "none", None)
        for n, (kind, text) in enumerate(zip(kinds, words, strict=True))
    ]
    letter = noticed(renderer, "it", *lines)
    assert "raz" not in letter.text
    assert "dwa" not in letter.text
    for told in (letter.text, letter.html):
        assert "Zapisane: +48 ••• ••• 800" in told
        assert "e•••@example.com" in told
        assert "600 700" not in told
        assert "ewa@" not in told
        assert "x" * 401 not in told
    assert letter.reply_to == "ewa@example.com", "that is where the answer goes"


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_what_was_no_text_stands_in_the_letter_by_its_kind(folder: Path) -> None:
    line = JournalEntry(1, "c", 1, CUSTOMER, None, None, {"text": "", "kind": "voice"}, UNTIL, "none", None)
    for renderer, locale in spoken(folder):
        letter = noticed(renderer, locale, line)
        assert f":\n{renderer.words('other_kind.voice', {}, renderer.seller.locales[0])}\n" in letter.text


DOCUMENT = "# Regulamin\n\n## 1. Usługa\n\nPierwszy wiersz\ndrugi & <ostatni>\n\n---\n\nAkceptuję."


def test_accepted_documents_are_attached_for_good_and_linked_without_their_markup() -> None:
    renderer = load(ROOT / "profiles" / "fakturasmart").renderer()
    words = (DOCUMENT, "Zgadzam się.")
    accepted = [
        ConsentStatus(id, "2026-09", "pl", "web", UNTIL, None, words=said)
        for id, said in zip(("terms", "auto_renewal"), words, strict=True)
    ]
    told = NoteFacts("anna@example.com", ORDERED, accepted=tuple(accepted))
    letter = jobs.note_letter(renderer, SendNote(rules.NOTE_ORDER, "o1"), told, "pl", DESK)
    terms, renewal = letter.enclosed
    assert [one.name for one in letter.enclosed] == ["terms-2026-09-pl.html", "auto_renewal-2026-09-pl.html"]
    shown = re.sub(r' style="[^"]*"', "", terms.html)
    assert "<h2>Regulamin</h2>\n<h3>1. Usługa</h3>" in shown
    assert 'Pierwszy wiersz<br>drugi &amp; &lt;ostatni&gt;</p>\n<hr class="rule">\n<p>Akceptuję.</p>' in shown
    assert "Zgadzam się." in renewal.html
    assert Letter(terms.html).faults == Letter(renewal.html).faults == []
    assert f"Regulamin: {DESK}/documents/{fingerprint(DOCUMENT)}\n" in letter.text
    assert "Akceptuję." not in letter.text


LETTER = SendLetter("link", "anna@example.com")
STORED = StoredJob("c:1:1", "c", None, "SendLetter", cast(dict[str, Any], codec.to_json(LETTER)), False, NOON, 1)


async def write_the_unwritable(_deps: JobDeps, job: SendLetter, _stored: StoredJob) -> Any:
    raise ValueError(f"can't write to {job.to}")


async def run(monkeypatch: pytest.MonkeyPatch, *, writes: bool) -> Any:
    row = JOBS[SendLetter]
    monkeypatch.setitem(JOBS, SendLetter, JobRow(write_the_unwritable, row.tries, row.given_up, writes))
    return await JobTable.execute(cast(JobTable, None), STORED)


async def test_what_cant_be_written_is_given_up_at_once_and_the_chat_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert JOBS[SendLetter].writes
    with capture_logs() as lines:
        outcome = await run(monkeypatch, writes=True)
    assert outcome == GaveUp("unfit")
    assert outcome_event(STORED, GaveUp("unfit")) == LetterFailed("unavailable")
    assert [line["event"] for line in lines if line.get("alarm")] == ["letter_unfit"]
    assert "anna" not in str(lines)


async def test_money_is_asked_after_again_whatever_was_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="write"):
        await run(monkeypatch, writes=False)
    asked = ("ConfirmPayment", "AskPayment", "PollPayment", "RefundPayment", "ChargeStored", "AskCharge", "AskBack")
    assert not any(row.writes for kind, row in JOBS.items() if kind.__name__ in asked)


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
        said = {name: own_answers.OwnAnswer(value, "po polsku", "po polsku") for name, value in answers.items()}
        own_answers.keep(connection, keep=keep, holder=HOLDERS[keep], account_id="a1", given=said)


def confirmed(connection: sa.Connection, renderer: Renderer) -> Mail:
    note = SendNote("order_confirmed", "o1")
    return jobs.note_letter(
        renderer, note, present(informational.find_facts(connection, note, renderer, "en")), "en", DESK
    )


async def test_answers_stand_in_the_letter_in_its_language_in_the_order_of_the_profile_and_as_no_markup(
    store: Store, renderer: Renderer
) -> None:
    await store.write(lambda c: ordered(c, GIVEN))
    sent = await store.read(lambda c: confirmed(c, renderer))
    assert tuple(sent.text.partition("\n\nYour answers:\n")[2].partition("\n\n")[0].splitlines()) == ROWS
    assert sent.text.index("Buyer:") < sent.text.index("Your answers:")
    assert "po polsku" not in sent.text
    assert "biuro@example.com" not in sent.text
    assert "Kwiatki &lt;b&gt;Anny&lt;/b&gt; {name}" in sent.html
    assert "<b>" not in sent.html
    assert "Kwiatki <b>Anny</b> {name}" in sent.text


@pytest.mark.parametrize("given", [{}, {"order": {"note": None}}, {"company": {"accountant": "biuro@example.com"}}])
async def test_without_answers_to_be_shown_the_letter_is_as_it_is_for_a_seller_without_questions(
    store: Store, renderer: Renderer, given: Mapping[Keep, Mapping[str, AnswerValue | None]]
) -> None:
    await store.write(lambda c: ordered(c, given))
    unasked = load(Path("profiles/fakturasmart")).renderer()
    assert await store.read(lambda c: confirmed(c, renderer)) == await store.read(lambda c: confirmed(c, unasked))


async def test_another_mailbox_reads_nothing_of_the_account(store: Store, renderer: Renderer) -> None:
    await store.write(lambda c: ordered(c, GIVEN))
    note = SendNote("order_confirmed", "o1", "invoices@example.com")
    told = present(await store.read(lambda c: informational.find_facts(c, note, renderer, "en")))
    of_account = ("How you found us", "Accounting firm", "Connections")
    assert str(told.params["answers"]).splitlines() == [row for row in ROWS if not row.startswith(of_account)]
