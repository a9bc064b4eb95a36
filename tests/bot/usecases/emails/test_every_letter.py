"""Each kind of letter to a customer, of every seller in every language: its head, its foot, whose name it says."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.profile.load import load
from bot.profile.profile import Profile
from bot.texts.catalogue import MissingText, Value
from bot.usecases.emails import rendering
from bot.usecases.emails.rendering import page
from bot.usecases.jobs import outcome_event
from bot.usecases.renewals import notifications
from bot.usecases.renewals.jobs import NoticeLetters
from bot.usecases.renewals.notifications import HolderEnding
from dialogs.explorer import events
from dialogs.kit import Event, Word
from dialogs.messages.renewal import (
    ChargeComing,
    MailNotice,
    RenewalNotMailed,
    RenewalToPay,
    RenewalWaits,
    SubscriptionEnding,
    SubscriptionLapsed,
)
from dialogs.renewal.notices import NOTICES, NoLongerSold, RenewalSetRight, TermEnding, WayExpiring, text_of
from services.jobs.port import GaveUp
from services.messaging.mail import Mail
from services.store.tables.accounts import account
from services.subscriptions import renewals, subscriptions
from services.subscriptions.renewals import Addresses
from services.subscriptions.subscriptions import Subscription
from tests.architecture.rooms import ROOT, shown, tree
from tests.bot.texts.test_every_wording import PROFILES, needed, sample
from tests.bot.usecases.emails.test_rendering import html5
from tests.bot.usecases.renewals.test_one_truth import CERTIFIED, Desk, desk, item
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW

TO_STAFF = ("mail.support", "mail.ticket")
PARTS = ("subject", "text", "button")
STARTS: tuple[type[Event], ...] = (NoLongerSold, RenewalWaits, SubscriptionEnding, SubscriptionLapsed)
LEADS: dict[type[Event], str] = {RenewalToPay: "/p/", **dict.fromkeys(STARTS, "/chat?start=")}
EVERYBODY: set[type[Event]] = {RenewalSetRight, TermEnding, WayExpiring}
HREF, LEAVE = "https://desk.example/s/1?a=b&c=d", "https://desk.example/s/2"


@contextmanager
def bought() -> Iterator[tuple[Desk, Subscription]]:
    """A desk with a term that somebody has paid for."""
    with desk(0) as here:
        here.buys([item(CERTIFIED, "base")], 1, renews=True)
        [of] = subscriptions.of_account(here.connection, "a1")
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
    plan = Word("word.unlisted", (("product", "basic"),))
    given: dict[str, Value] = {name: sample(name) for name in places} | {"plan": plan, "program": plan}
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
        if f"{stem}.button" in has and stem.startswith("mail."):
            yield stem, rendering.about_account(renderer, name, "anna@example.com", HREF, params, locale)
            continue
        subject, text = (renderer.words(f"{stem}.{part}", params, locale) for part in ("subject", "text"))
        foot = renderer.words("mail.foot_order", params, locale)
        html = page(locale, subject, text, foot)
        yield stem, rendering.to_customer(renderer, "anna@example.com", subject, f"{text}\n\n{foot}\n", html)
    told = values(profile, locale, "mail.renewal.text", "mail.unfinished.text", "mail.answer.text")
    yield "farewell", rendering.farewell(renderer, "anna@example.com", {"ordered": "no", "on_file": "no"}, locale)
    for make in (rendering.reminder, rendering.unfinished):
        yield make.__name__, make(renderer, "anna@example.com", HREF, LEAVE, told, locale)


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
        for kind, letter in found.items():
            head = html5(letter.html)
            assert (head.title, head.language) == (letter.subject, locale), kind
            assert {"charset": "utf-8"} in head.metas, kind
            assert {"name": "color-scheme", "content": "light dark"} in head.metas, kind
            assert "color:#555" not in letter.html, "grey on whatever a dark mode puts behind it"
            assert letter.reply_to == support, kind
            assert support in letter.text, kind
            assert profile.seller.name.lower() in f"{letter.subject} {letter.text}".lower(), kind
            said = f"{letter.subject} {letter.text} {letter.html}".lower().replace(support.lower(), "")
            assert "okienko" not in said, kind
            assert (letter.leave is not None) == (kind in ("reminder", "unfinished")), kind


def samples(profile: Profile) -> Iterator[Event]:
    """The notices of a seller, each with all its facts; what is to be paid is in the books."""
    given = (event for sample in events.of_renewals(profile.seller) for event in sample if type(event) in NOTICES)
    yield from dict.fromkeys(replace(e, payment_id="p1") if isinstance(e, RenewalToPay) else e for e in given)


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
                assert html5(letter.html).language == locale, notice
                assert f"https://desk.example{leads}" in letter.text, notice
                assert (letter.leave is not None) == isinstance(notice, SubscriptionEnding), notice


def test_a_notice_is_written_to_whom_no_chat_reaches_and_some_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {type(notice): notice for notice in samples(load(ROOT / "profiles/r2platnik"))}
    assert known.keys() == NOTICES.keys()
    with bought() as (here, of):

        def is_written(notice: Event, *, brought: bool, stopped: bool) -> bool:
            monkeypatch.setattr(renewals, "addresses", lambda *_: Addresses(("talk-a1",), stopped, brought))
            ending = HolderEnding((of,), present(of.ends_at))
            jobs = notifications.give(cast(UnitOfWork, here), ending, notice, "about", KEY)
            what = type(notice)
            lost = RenewalNotMailed(not brought, what is ChargeComing, what.__name__)
            assert [outcome_event(job, GaveUp("late")) for job in jobs] == [lost] * len(jobs)
            return bool(jobs)

        for kind, notice in known.items():
            assert is_written(notice, brought=False, stopped=False), kind
            assert is_written(notice, brought=True, stopped=False) == (kind in EVERYBODY), kind
            assert is_written(notice, brought=False, stopped=True) == (kind is not SubscriptionEnding), kind


def test_each_letter_to_a_customer_is_made_where_its_answers_are_led_to_the_seller() -> None:
    makers = [
        f"{shown(path)}:{function.name}"
        for path in (ROOT / "bot").rglob("*.py")
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Mail"
    ]
    rendered = "bot/usecases/emails/rendering.py"
    to_staff = {
        f"{rendered}:transcript",
        f"{rendered}:ticket",
        "bot/handlers/telegram_group/group_topics.py:_take_over",
    }
    assert f"{rendered}:to_customer" in makers
    assert len({*makers} - {f"{rendered}:to_customer"}) == len(to_staff), makers
