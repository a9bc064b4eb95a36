"""Each kind of letter to a customer, of every seller in every language, as a linter of mail's HTML reads it.

It finds what mail programs drop, clip or show so that nobody can read it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from benchmarks.thumbs.limits import held
from benchmarks.thumbs.tally import words
from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.profile.load import load
from bot.profile.profile import Profile
from bot.texts.catalogue import MissingText, Value
from bot.usecases.emails import informational, jobs, rendering
from bot.usecases.jobs import outcome_event
from bot.usecases.renewals import notifications
from bot.usecases.renewals.jobs import NoticeLetters
from bot.web.letter_page import LetterLink
from dialogs.explorer import events
from dialogs.kit import Event, Word
from dialogs.messages.letters import SendNote
from dialogs.messages.renewal import (
    ChargeComing,
    MailNotice,
    RenewalCharged,
    RenewalNotMailed,
    RenewalToPay,
    RenewalWaits,
    SubscriptionEnding,
    SubscriptionLapsed,
)
from dialogs.order.products import product_word
from dialogs.renewal.notices import NOTICES, NoLongerSold, RenewalSetRight, TermEnding, WayExpiring, text_of
from services.accounts.consents import ConsentStatus
from services.jobs.port import GaveUp
from services.messaging.mail import Mail, Picture
from services.store.tables.accounts import account
from services.subscriptions import renewals, subscription_record
from tests.architecture.rooms import ROOT
from tests.bot.texts.test_every_wording import AT, PROFILES, needed, sample
from tests.bot.usecases.renewals.test_one_truth import Here, desk, item
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW
from values import rules
from values.look import READABLE, contrast

TO_STAFF = ("mail.support", "mail.ticket")
PARTS = ("subject", "text", "button")
STARTS: tuple[type[Event], ...] = (NoLongerSold, RenewalWaits, SubscriptionEnding, SubscriptionLapsed)
EVERYBODY: set[type[Event]] = {RenewalSetRight, TermEnding, WayExpiring}
DESK, TO = "https://desk.example", "anna@example.com"
HREF, LEAVE = f"{DESK}/s/{'x' * 43}?a=b&c=d", f"{DESK}/s/2"
NOTES = {value for name, value in vars(rules).items() if name.startswith("NOTE_")}
USUAL: dict[str, Value] = {
    "number": "FS/2026/000123",
    "code": "550778",
    "user_name": "4455668",
    "name": "Pracownia Bursztyn",
    "method": Word("option.method.card"),
    "vat_percent": 23,
    "coded": True,
    "auto_renewal": True,
    "chargeable": True,
    **dict.fromkeys(("years", "charge_days"), 1),
    **dict.fromkeys(
        ("begins", "extra", "once", "months", "added", "left_out", "discount", "unfit", "answers", "delivery")
    ),
    **dict.fromkeys(("kept", "seats", "trial")),
}
"""Values that most orders have, where samples alike for all would tell nothing of a letter's length."""
VOID = ("meta", "br", "hr", "img")
BANNED = ("script", "form", "input", "button", "iframe", "link", "svg", "video", "object", "base")
STYLES = re.compile(r"position\s*:|display\s*:\s*(?:inline-)?(?:flex|grid)|@import|url\(|float\s*:")
LARGEST = 100_000  # bytes: Gmail clips what is larger
RAW = 40  # signs of an address that stands in sight
FRAME = {"name", "host", "foot", "stop"}  # as in every letter: whose it is, where it leads, why it came
Colours = dict[str, str]


def colours(css: str) -> Colours:
    """The colours that a block of declarations sets, `background` among them."""
    found = re.findall(r"(?:^|[;\s])(background-color|color)\s*:\s*(#[0-9a-f]{6})", css)
    return {name.removesuffix("-color"): value for name, value in found}


@dataclass
class Letter(HTMLParser):
    """A letter's words as they are shown, and the faults of its page."""

    html: str
    title: str = ""
    language: str | None = None
    metas: list[dict[str, str | None]] = field(default_factory=list[dict[str, str | None]])
    links: list[str] = field(default_factory=list[str])
    buttons: int = 0
    shown: list[str] = field(default_factory=list[str])
    faults: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[tuple[list[str], Colours, Colours]] = []
        night = self.html.partition("(prefers-color-scheme: dark) {")[2].partition("</style>")[0]
        self.night: dict[str, Colours] = {}
        for selectors, css in re.findall(r"([^{}]+)\{([^}]*)\}", night):
            for one in selectors.split(","):
                self.night.setdefault(one.strip().removeprefix("."), {}).update(colours(css))
        self.expect(len(self.html.encode()) < LARGEST, "it is clipped")
        self.expect(bool(self.night), "no colours for the night")
        self.expect(not STYLES.search(self.html), "a style that mail programs drop")
        self.feed(self.html)
        self.close()
        self.expect(not self.open, f"not closed: {self.open}")
        self.expect(bool(self.title and self.language), "no title or no language")

    def expect(self, holds: bool, otherwise: str) -> None:
        self.faults += [] if holds else [otherwise]

    @property
    def words(self) -> int:
        """How many words there are to read between the seller's name and the foot."""
        return len(words(" ".join(self.shown)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        names = [tag, *(has.get("class") or "").split()]
        self.expect(tag not in BANNED and not any(name.startswith("on") for name in has), f"<{tag}>")
        self.expect(tag != "table" or has.get("role") == "presentation", "a table that is read out as one")
        if tag == "meta":
            self.metas.append(has)
        if tag == "html":
            self.language = has.get("lang")
        if tag == "img":
            self.expect(bool(has.get("alt") and has.get("width") and has.get("height")), "a picture without its size")
            self.expect((has.get("src") or "").startswith("cid:"), "a picture from elsewhere")
        if tag == "a":
            self.links.append(has.get("href") or "")
            self.buttons += "press" in names
            self.expect(urlsplit(self.links[-1]).scheme == "https", f"a link to {self.links[-1]}")
        day = colours(has.get("style") or "")
        by_night: Colours = {key: value for name in names for key, value in self.night.get(name, {}).items()}
        if tag not in VOID:
            self.open.append((names, day, day | by_night))

    def handle_endtag(self, tag: str) -> None:
        self.expect(self.open.pop()[0][0] == tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        inside = {name for names, *_ in self.open for name in names}
        if "title" in inside:
            self.title += data
        if not data.strip() or "body" not in inside:
            return
        if not inside & FRAME:
            self.shown.append(data)
        self.expect(not re.search(rf"https?://\S{{{RAW}}}", data), f"an address in sight: {data}")
        paints: tuple[Colours, Colours] = ({}, {})
        for _, *lights in self.open:
            for paint, light in zip(paints, lights, strict=True):
                paint.update(light)
        for paint, light in zip(paints, ("by day", "by night"), strict=True):
            ratio = contrast(paint["color"], paint["background"])
            self.expect(ratio >= READABLE, f"{ratio:.1f} : 1 {light}: {data}")


@contextmanager
def bought() -> Iterator[tuple[Here, subscription_record.Subscription]]:
    """A desk with a term that somebody has paid for."""
    with desk() as here:
        here.buys(item("base"))
        [of] = subscription_record.of_account(here.connection, "a1")
        yield here, of


def kinds(profile: Profile, locale: str) -> Iterator[str]:
    """The stems of the texts that have a subject: `mail.NAME` with a button, `note.NAME` without one."""
    for key in profile.catalogue.texts[locale]:
        stem = key.removesuffix(".subject")
        if stem != key and stem.startswith(("mail.", "note.")) and stem not in TO_STAFF:
            yield stem


def values(profile: Profile, locale: str, *keys: str) -> dict[str, Value]:
    catalogue = profile.catalogue
    places = {name for key in keys for name in needed(profile, catalogue.find(key, locale), locale)}
    plans = profile.seller.plans
    plan = product_word(plans[0].id, profile.seller) if plans else Word("word.unlisted", (("product", "basic"),))
    given: dict[str, Value] = {name: sample(name) for name in places} | {"plan": plan, "program": plan}
    given |= {name: USUAL[name] for name in USUAL.keys() & places}
    return {name: value for name, value in given.items() if name not in profile.facts} | {"seller": profile.seller.name}


def letters(profile: Profile, locale: str) -> Iterator[tuple[str, Mail]]:
    renderer, has = profile.renderer(), profile.catalogue.texts[locale]
    for stem in kinds(profile, locale):
        parts = [f"{stem}.{part}" for part in PARTS if f"{stem}.{part}" in has]
        try:
            params = values(profile, locale, *parts)
        except MissingText:
            continue  # a common text of what this seller doesn't offer
        name = stem.partition(".")[2]
        if stem.startswith("note."):
            yield stem, noted(profile, name, params, locale)
        elif f"{stem}.button" in has:
            code = "550778" if name == "confirm_email" else None
            yield stem, rendering.write_link_letter(renderer, name, TO, HREF, AT, locale, params, code=code)
    told = values(profile, locale, "mail.renewal.text", "mail.unfinished.text", "mail.answer.text")
    yield "farewell", rendering.write_farewell(renderer, TO, {"ordered": "no", "on_file": "no"}, locale)
    yield (
        "answer",
        rendering.write_answer_letter(renderer, TO, HREF, "biuro@example.com", [("Anna", "Tak & <nie>")], locale),
    )
    for kind, make in (("reminder", rendering.write_reminder), ("unfinished", rendering.write_unfinished)):
        yield kind, make(renderer, TO, HREF, LEAVE, told, locale)


def noted(profile: Profile, name: str, params: dict[str, Value], locale: str) -> Mail:
    """A note, with the documents or the picture that it is sent with."""
    note = max((one for one in NOTES if name.startswith(one)), key=len)
    documents = [
        one for one in profile.worded().seller.documents if note == rules.NOTE_ORDER and one.id in ("terms", "clauses")
    ]
    accepted = (
        ConsentStatus(one.id, one.version, locale, "web", AT, None, words=one.words_in(locale)) for one in documents
    )
    told = informational.NoteFacts(TO, params, name.removeprefix(note).removeprefix("_"), tuple(accepted))
    page, picture = (LetterLink("Details", HREF), Picture("qr", b"")) if note in informational.TO_PAY else (None, None)
    return jobs.note_letter(profile.renderer(), SendNote(note, "o1"), told, locale, DESK, page, picture)


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_each_letter_says_the_seller_s_name_and_is_readable_by_any_program(folder: Path) -> None:
    profile = load(folder)
    support = profile.facts["support"]
    name, address = parseaddr(profile.brand.mail_sender)
    assert name == profile.seller.name, "what mailboxes show as the sender"
    assert "okienko" not in address, "nor does the desk's name stand in the Message-ID's domain"
    for locale in profile.seller.locales:
        found = dict(letters(profile, locale))
        assert {"mail.confirm_email", "mail.reset_password", "note.order_confirmed"} <= found.keys(), sorted(found)
        heads = {kind: Letter(letter.html) for kind, letter in found.items()}
        counted = {kind: head.words for kind, head in heads.items()}
        assert held("letters", {f"{folder.name} {locale}": counted}) == []
        for kind, letter in found.items():
            head = heads[kind]
            assert (head.title, head.language) == (letter.subject, locale), kind
            assert {"charset": "utf-8"} in head.metas, kind
            assert {"name": "color-scheme", "content": "light dark"} in head.metas, kind
            guided = kind.startswith("mail.") and "link" in needed(
                profile, profile.catalogue.find(f"{kind}.text", locale), locale
            )
            assert head.faults == ([f"an address in sight: {HREF}"] if guided else []), (kind, locale)
            assert head.buttons == bool(head.links), f"{kind}: one act, whatever else it leads to"
            assert letter.reply_to == ("biuro@example.com" if kind == "answer" else support), kind
            assert support in letter.text, kind
            assert profile.seller.name.lower() in f"{letter.subject} {letter.text}".lower(), kind
            said = f"{letter.subject} {letter.text} {letter.html}".lower().replace(support.lower(), "")
            assert "okienko" not in said, kind
            assert (letter.leave is not None) == (kind in ("reminder", "unfinished", "answer")), kind


def samples(profile: Profile) -> Iterator[Event]:
    """The notices of a seller, each with all its facts; what is to be paid is in the books."""
    given = (event for sample in events.of_renewals(profile.seller) for event in sample if type(event) in NOTICES)
    yield from dict.fromkeys(replace(e, payment_id="c1") if isinstance(e, RenewalToPay) else e for e in given)


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_each_notice_has_words_of_both_and_a_letter_that_leads_on(folder: Path) -> None:
    profile = load(folder)
    with bought() as (here, of):
        letters = NoticeLetters(profile.renderer(), KEY, "https://desk.example", NOW)
        for notice in samples(profile):
            job, row = MailNotice(of.id, NOW, codec.name_of(notice), codec.to_json(notice)), NOTICES[type(notice)]
            leads = (
                "/chat?start=" if type(notice) in STARTS else "/p/" if isinstance(notice, RenewalToPay) else "/chat\n"
            )
            for locale in profile.seller.locales:
                here.connection.execute(sa.update(account).values(locale=locale))
                name = text_of(row.letter, notice)
                for key in (text_of(row.said, notice), row.foot, *(f"mail.{name}.{part}" for part in PARTS)):
                    assert profile.catalogue.find(key, locale)
                letter = present(letters.letter(here.connection, job))
                assert Letter(letter.html).language == locale, notice
                assert "  " not in f"{letter.subject}\n{letter.text}", notice
                assert f"https://desk.example{leads}" in letter.text, notice
                assert (letter.leave is not None) == isinstance(notice, SubscriptionEnding), notice


def test_a_notice_is_written_to_whom_no_chat_reaches_and_some_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {type(notice): notice for notice in samples(load(ROOT / "profiles/r2platnik"))}
    assert known.keys() == NOTICES.keys()
    with bought() as (here, of):

        def is_written(notice: Event, *, brought: bool, stopped: bool) -> bool:
            monkeypatch.setattr(renewals, "addresses", lambda *_: renewals.Addresses(("talk-a1",), stopped, brought))
            ending = notifications.HolderEnding((of,), present(of.ends_at))
            jobs = notifications.give_notice(cast(UnitOfWork, here), ending, notice, "about", KEY)
            what = type(notice)
            lost = RenewalNotMailed(not brought, what in (ChargeComing, RenewalCharged), what.__name__)
            assert [outcome_event(job, GaveUp("late")) for job in jobs] == [lost] * len(jobs)
            return bool(jobs)

        for kind, notice in known.items():
            assert is_written(notice, brought=False, stopped=False), kind
            assert is_written(notice, brought=True, stopped=False) == (kind in EVERYBODY), kind
            assert is_written(notice, brought=False, stopped=True) == (kind is not SubscriptionEnding), kind
