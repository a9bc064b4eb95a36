"""Profiles: the shipped ones load whole; each mistake is told with file, line and remedy."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.cli.check import rehearse
from bot.cli.new import FolderTaken, begin
from bot.profile import ProfileProblem, load
from bot.profile.problems import line_of
from tests.architecture.rooms import ROOT
from tests.kit.rows import each_row
from tests.kit.starter import line_at, mistakes, spoil
from tests.walks import walk_of_the_day
from values.money import VatRules
from values.offer import DiscountCode, judge_discount

SHIPPED = sorted(path.parent for path in (ROOT / "profiles").glob("*/profile.toml"))
Change = Callable[[str, str, str], None]


@pytest.fixture
def change(folder: Path) -> Change:
    return partial(spoil, folder)


def one(folder: Path) -> ProfileProblem:
    found = mistakes(folder)
    assert len(found) == 1, found
    return found[0]


def tells(folder: Path, told: str, start: str) -> None:
    """The one mistake of profile.toml is this, and stands at the line that starts so."""
    problem = one(folder)
    assert told in problem.what
    assert (folder / "profile.toml").read_text("utf-8").splitlines()[problem.line - 1].startswith(start)


@pytest.mark.parametrize("profile", SHIPPED, ids=lambda path: path.name)
def test_the_shipped_profiles_are_whole_and_have_every_word(profile: Path) -> None:
    assert rehearse(load(profile), walk_of_the_day).problems == ()


def test_fakturasmart_is_as_its_guide_says() -> None:
    seller = load(ROOT / "profiles/fakturasmart").seller

    assert [(plan.id, plan.net, plan.terms) for plan in seller.plans] == [("standard", 29900, ("P1Y",))]
    assert (seller.currency, seller.vat_percent) == ("PLN", 23)
    assert seller.methods == ("card", "paypal", "przelewy24", "blik")
    assert seller.chargeable == (), "no method is charged without the customer yet"
    assert (seller.password.min, seller.password.max, seller.password.classes) == (12, 128, ())
    assert [c.obligatory for c in seller.consents] == [True, True, False, False]
    assert seller.dialogs == ("account", "contact", "company", "order", "payment", "einvoice")
    assert seller.manners.link_ttl == timedelta(days=3)


def test_one_discount_code_is_good_and_one_is_over() -> None:
    seller = load(ROOT / "profiles/fakturasmart").seller
    now = datetime(2026, 11, 20, tzinfo=UTC)

    good = judge_discount(seller.discounts, "start20", ("standard",), now)
    assert isinstance(good, DiscountCode)
    assert (good.percent, good.amount, good.uses, good.uses_per_customer) == (20, 0, None, 1)
    assert judge_discount(seller.discounts, "STARY", ("standard",), now) == "expired"
    assert any(code.code == "STARY" and code.percent == 50 for code in seller.discounts)


def test_a_discount_code_is_read_whole(folder: Path, change: Change) -> None:
    table = """[[discount]]
code = "JESIEN"
amount = "20.50"
uses = 100
uses_per_customer = "any"
plans = ["standard"]
"""
    change("profile.toml", "# [[discount]]", table + "\n# [[discount]]")

    assert load(folder).seller.discounts == (DiscountCode("JESIEN", 0, None, 2050, 100, None, ("standard",)),)


@each_row
def test_each_mistake_in_a_discount_is_told_with_its_line(
    folder: Path, change: Change, table: str, start: str, told: str
) -> None:
    change("profile.toml", "# [[discount]]", f'[[discount]]\ncode = "JESIEN"\n{table}\n\n# [[discount]]')

    tells(folder, told, start)


def test_a_document_that_nobody_is_asked_for_is_told(folder: Path, change: Change) -> None:
    change("profile.toml", 'id = "clauses"', 'id = "clausses"')

    [found] = [problem for problem in mistakes(folder) if "clausses" in problem.what and "nobody" in problem.what]
    assert found.line == line_at(folder, "profile.toml", 'id = "clausses"')
    assert found.remedy == "Is clauses meant?"


def test_dictation_is_refused_until_each_language_says_where_the_sound_goes(folder: Path, change: Change) -> None:
    change("profile.toml", "[password]", "[voice]\nbrowser = true\n\n[password]")
    for of, text in (("pl", "usługi {seller}: {site}"), ("it", "servizio {seller}: {site}")):
        change(f"texts/{of}.toml", text, f"{text} {{@voice.browser}}")

    told = one(folder)
    assert (told.file, "where the sound may go" in told.what) == (folder / "texts/en.toml", True)
    assert told.line == line_at(folder, "texts/en.toml", 'text = "I accept the terms')
    change("texts/en.toml", "service: {site}", "service: {site} {@voice.browser}")
    assert load(folder).seller.dictates


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("profile.toml", ', "einvoice"]', "]", "nothing in this journey asks for einvoice"),
        ("profile.toml", '[[document]]\nid = "einvoice"\nversion = "1"\n', "", "no document einvoice"),
        (
            *("faq/pl.toml", 'id = "support_hours"', 'id = "support_hours"\nabout = ["!pomoc"]'),
            "a cue without a positive term",
        ),
    ],
)
def test_what_is_lacking_or_asked_for_by_nobody_is_told(
    folder: Path, change: Change, file: str, old: str, new: str, told: str
) -> None:
    change(file, old, new)

    assert any(told in str(problem) for problem in mistakes(folder))


def test_a_mark_before_the_first_line_is_passed_over(folder: Path) -> None:
    for path in folder.glob("**/*.toml"):
        path.write_text("\ufeff" + path.read_text("utf-8"), "utf-8")

    assert load(folder).seller.id


def test_vat_for_buyers_abroad_is_read(folder: Path, change: Change) -> None:
    table = '[vat]\nnumber = "PL5260250274"\nreverse_charge = true\nrates = { FR = 20, DE = 19 }\n\n'
    change("profile.toml", "[company]", f"{table}[company]\nvatin = true")

    assert load(folder).seller.vat == VatRules("PL5260250274", True, (("DE", 19), ("FR", 20)))


@each_row
def test_each_mistake_about_vat_is_told_with_its_line(
    folder: Path, change: Change, table: str, vatin: bool, start: str, told: str
) -> None:
    change("profile.toml", "[company]", f"[vat]\n{table}\n\n[company]" + ("\nvatin = true" if vatin else ""))

    tells(folder, told, start)


def test_the_faq_answers_in_every_language() -> None:
    profile = load(ROOT / "profiles/fakturasmart")

    for locale in profile.seller.locales:
        assert len(profile.faq[locale]) >= 15
        for entry in profile.faq[locale]:
            assert profile.renderer().words(f"faq.{entry.id}", {}, locale)
            assert any(question.endswith("?") for question in entry.questions)


def test_the_beginning_is_a_whole_profile(tmp_path: Path) -> None:
    files = begin(tmp_path / "new")

    by_language = {f"{locale}.{kind}" for locale in ("pl", "it", "en") for kind in ("toml", "txt")}
    assert {path.name for path in files} == {"profile.toml", "replies.toml", *by_language}
    assert rehearse(load(tmp_path / "new"), walk_of_the_day).problems == ()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("mine")

    with pytest.raises(FolderTaken):
        begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


def test_a_folder_without_a_profile_is_told(tmp_path: Path) -> None:
    assert "okienko new" in str(one(tmp_path / "nowhere"))


@each_row
def test_mistakes_of_texts_are_told_with_their_line(
    folder: Path, change: Change, file: str, old: str, new: str, start: str, told: str
) -> None:
    change(file, old, new)

    found = [problem for problem in mistakes(folder) if told in str(problem)]

    assert found, [str(problem) for problem in mistakes(folder)]
    assert (found[0].file, found[0].line) == (folder / file, line_at(folder, file, start))


def test_an_sms_that_needs_two_parts_is_told(folder: Path) -> None:
    path = folder / "texts/pl.toml"
    path.write_text(path.read_text("utf-8") + '\n[sms]\ncode = "{seller}: Twój kod to {code}."\n', "utf-8")

    assert "needs more than one SMS" in str(mistakes(folder)[0])


def test_faq_entries_of_one_language_only_are_told(folder: Path, change: Change) -> None:
    change("faq/it.toml", 'id = "support_hours"', 'id = "orari"')

    told = "\n".join(map(str, mistakes(folder)))

    assert "no entry orari" in told
    assert "no entry support_hours" in told


def test_a_word_that_only_the_journey_misses_is_found_at_the_rehearsal(folder: Path, change: Change) -> None:
    for locale in ("pl", "it", "en"):
        change(f"texts/{locale}.toml", "{support}", "{nobody}")

    found = rehearse(load(folder), walk_of_the_day).problems

    assert len(found) == 3
    assert "kit.greeting can't be filled for {nobody}" in str(found[0])


@pytest.mark.parametrize(
    ("place", "wanted"),
    [(("b", "y"), 4), (("c", 1, "z"), 10), (("c", 0), 6), (("a",), 1), (("c", 1, "nothing"), 9), (("nowhere",), 0)],
)
def test_the_line_of_a_value(place: tuple[str | int, ...], wanted: int) -> None:
    source = "a = 1\n# b\n[b]\ny = 2\n\n[[c]]\nz = 1\n\n[[c]]\nz = 2\n"

    assert line_of(source, place) == wanted


def test_the_provider_of_a_method_may_be_chosen(folder: Path, change: Change) -> None:
    assert load(folder).providers == {}
    change("profile.toml", "[brand]", '[providers]\ncard = "stripe"\n\n[brand]')
    assert load(folder).providers == {"card": "stripe"}


def test_only_what_is_kept_can_be_charged_later(folder: Path, change: Change) -> None:
    change("profile.toml", "chargeable = []", 'chargeable = ["card", "blik", "paypal"]')
    assert load(folder).providers == {"card": "stripe", "blik": "stripe", "paypal": "paypal"}
    change("profile.toml", "[brand]", '[providers]\ncard = "przelewy24"\nblik = "przelewy24"\n\n[brand]')
    card, blik = mistakes(folder)
    assert [card.what, blik.what] == [f"nobody keeps {one} to charge it later" for one in ("card", "blik")]
    assert card.remedy == 'Write card = "stripe" into [providers].'
    assert blik.line == line_at(folder, "profile.toml", "chargeable")
    change("profile.toml", '["card", "blik", "paypal"]', '["paypal"]')
    assert load(folder).seller.chargeable == ("paypal",)


def test_a_provider_must_take_the_method_and_the_method_be_offered(folder: Path, change: Change) -> None:
    change("profile.toml", "[brand]", '[providers]\nblik = "paypal"\n\n[brand]')
    wrong = one(folder)
    assert (wrong.line, wrong.what) == (line_at(folder, "profile.toml", "blik"), "paypal doesn’t take blik")
    assert "przelewy24" in wrong.remedy
    change("profile.toml", 'blik = "paypal"', 'transfer = "stripe"')
    found = [p.what for p in mistakes(folder)]
    assert found == ["transfer has a provider but isn’t offered", "stripe doesn’t take transfer"]
    change("profile.toml", 'transfer = "stripe"', 'card = "strype"')
    assert "providers.card" in one(folder).what


def test_methods_of_another_currency_are_told(folder: Path, change: Change) -> None:
    change("profile.toml", 'currency = "PLN"', 'currency = "EUR"')
    told = [(p.line, p.what) for p in mistakes(folder)]
    at = line_at(folder, "profile.toml", "methods")
    assert told == [(at, "nobody pays EUR by blik"), (at, "nobody pays EUR by przelewy24")]


@pytest.mark.parametrize(("announce", "wrong"), [(0, False), (6, True), (7, True), (8, False)])
def test_a_charge_is_announced_before_it_is_made_or_not_at_all(
    folder: Path, change: Change, announce: int, *, wrong: bool
) -> None:
    change("profile.toml", "announce_days = 14", f"announce_days = {announce}")
    if wrong:
        assert one(folder).line == line_at(folder, "profile.toml", "announce_days")
    else:
        assert load(folder).seller.renewal is not None


def test_nobody_is_asked_for_a_renewal_that_nobody_makes(folder: Path, change: Change) -> None:
    assert load(folder).seller.renewal is not None, "a new profile has one"
    text = (folder / "profile.toml").read_text("utf-8")
    change("profile.toml", text[text.index("[renewal]") : text.index("[cards]")], "")
    assert one(folder).what == "customers are asked for a renewal that nobody makes"
    change("profile.toml", 'auto_renewal = "offer"', 'auto_renewal = "none"')
    assert load(folder).seller.renewal is None


@pytest.mark.parametrize("titled", [True, False])
def test_a_question_that_a_step_offers_needs_a_title(folder: Path, change: Change, titled: bool) -> None:
    change("profile.toml", "[brand]", '[questions]\n"account.start" = ["support_hours"]\n\n[brand]')
    if not titled:
        assert {problem.what for problem in mistakes(folder)} == {"support_hours has no title, and a step offers it"}
        return
    for locale in ("pl", "it", "en"):
        change(f"faq/{locale}.toml", 'id = "support_hours"', 'id = "support_hours"\ntitle = "24h"')
    assert load(folder).seller.questions_at("account.start") == ("support_hours",)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('"account.nowhere" = []', "the journey has no step account.nowhere"),
        ('"account.start" = ["nothing"]', "the step account.start offers the question nothing, which no FAQ has"),
    ],
)
def test_a_question_or_step_that_is_not_there_is_told(folder: Path, change: Change, row: str, told: str) -> None:
    change("profile.toml", "[brand]", f"[questions]\n{row}\n\n[brand]")
    assert {problem.what for problem in mistakes(folder)} == {told}


def test_full_texts_belong_to_what_is_asked_and_are_in_every_language(folder: Path) -> None:
    for name, text in (("pl/terms", "# Regulamin\n\nTreść."), ("pl/termz", "# Regulamin"), ("en/terms", "no heading")):
        path = folder / "documents" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    assert {(p.file.relative_to(folder / "documents").as_posix(), p.what) for p in mistakes(folder)} == {
        ("pl/termz.txt", "there is no consent or document termz"),
        ("en/terms.txt", "this text has no heading"),
        ("it/terms.txt", "terms has a full text, but not in it"),
    }


def test_an_answer_leads_to_full_texts_that_are_there(folder: Path) -> None:
    faq = folder / "faq" / "pl.toml"
    faq.write_text(faq.read_text("utf-8").replace("answer =", 'documents = ["terms"]\nanswer =', 1), "utf-8")

    assert "leads to terms, which has no full text" in one(folder).what
