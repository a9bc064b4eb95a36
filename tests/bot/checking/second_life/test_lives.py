"""Second lives: those of every shipped seller go well, and what may break in one is named."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from bot.checking.second_life.life import Lives, live
from bot.cli.check import collect_said_texts, unsaid
from bot.cli.new import begin
from bot.profile import load
from bot.profile.price_checks import doubts
from bot.usecases.renewals.quotes import Quotes
from dialogs.explorer.samples import MOMENT
from dialogs.kit import then
from dialogs.messages.renewal import ChargeComing, RenewalWaits
from dialogs.order import bought, changed_terms, order
from dialogs.zone import pages
from tests.kit.starter import sold_behind_trial
from tests.shipped import profile
from tests.walks import walk_of_the_day
from values.seller import Seller

Patch = pytest.MonkeyPatch
EVERY_PART = {"changed_terms.waits", "zone.ended", "order.refused.price_changed"}
BY_HAND = {"order.renewal_to_pay.first", "order.renewal_to_pay.again", "zone.grace"}
BY_CHARGE = {"order.charge_coming", "order.renewal_refused.declined", "order.charged"}


def seller(name: str) -> Seller:
    return profile(name).seller


def heard(lives: Lives) -> set[str]:
    return {key for key, _params in lives.heard.said}


@pytest.mark.parametrize(
    ("name", "lives", "parts"),
    [
        ("fakturasmart", 5, EVERY_PART | BY_HAND | {"order.refused.words_changed"}),
        ("certified_platform", 4, EVERY_PART | BY_CHARGE | {"order.refused.words_changed"}),
        ("kontorblatt", 6, EVERY_PART | BY_HAND | {"order.refused.words_changed"}),
        ("r2platnik", 4, EVERY_PART | BY_HAND | BY_CHARGE | {"zone.renewed"}),
        ("vectra", 0, set[str]()),
        ("konto_insert", 0, set[str]()),
    ],
)
def test_the_lives_of_the_shipped_sellers_customers_go_well(name: str, lives: int, parts: set[str]) -> None:
    lived = live(seller(name))

    assert (lived.faults, lived.played) == ((), lives)
    assert parts <= heard(lived)


def test_without_renewals_a_term_just_ends_and_is_ordered_again() -> None:
    lived = live(structs.replace(seller("fakturasmart"), renewal=None, auto_renewal="none"))

    assert lived.faults == ()
    assert heard(lived) >= {"zone.ended", "order.refused.price_changed"}
    assert not heard(lived) & (BY_HAND | {"changed_terms.waits"})


@pytest.mark.parametrize(
    ("method", "said"),
    [("kept", {"order.trial_charge", "order.charged"}), ("none", {"order.trial_begun", "zone.trial_ended"})],
)
def test_what_follows_a_trial_goes_well(tmp_path: Path, method: str, said: set[str]) -> None:
    profile = load(sold_behind_trial(tmp_path / "shop", method))
    lived, walked = live(profile.seller), walk_of_the_day(profile.seller)
    assert (lived.faults, [*doubts(profile, MOMENT)]) == ((), [])
    assert said <= heard(lived)
    assert "order.refused.trial_taken" in {key for key, _params in walked.said}


def test_a_renewal_that_forgets_add_ons_is_named(monkeypatch: Patch) -> None:
    items = Quotes.items
    monkeypatch.setattr(Quotes, "items", lambda *args: items(*args)[:1])

    assert (
        "base by card, the order after the end: it costs €305.04 renewed and €382.15 ordered again"
        in live(seller("certified_platform")).faults
    )


def test_a_sum_told_without_the_add_ons_is_named(monkeypatch: Patch) -> None:
    real = order.dialog.everywhere[ChargeComing]
    monkeypatch.setitem(
        order.dialog.everywhere,
        ChargeComing,
        lambda s, e, c: real(s, structs.replace(e, bill=None, gross=e.gross - 1), c),
    )

    assert (
        "base by card, the renewal: it costs €382.15 billed and €382.14 told"
        in live(seller("certified_platform")).faults
    )


def test_changed_terms_that_are_told_but_not_asked_for_are_named(monkeypatch: Patch) -> None:
    def told(s: Any, e: Any, c: Any) -> Any:
        return then(s, *real(s, e, c).effects)

    real = changed_terms.dialog.everywhere[RenewalWaits]
    monkeypatch.setitem(changed_terms.dialog.everywhere, RenewalWaits, told)

    assert "standard by card, the renewal: changed terms aren't asked for" in live(seller("fakturasmart")).faults


def test_a_zone_without_the_button_to_buy_again_is_a_dead_end(monkeypatch: Patch) -> None:
    monkeypatch.setattr(pages, "renews_by_order", lambda _ctx: True)

    faults = live(seller("kontorblatt")).faults

    assert faults[0].startswith("solo by transfer, the order after the end: no way on from zone.zone, tried as far as")


def test_a_service_that_has_ended_and_is_told_to_run_is_named(monkeypatch: Patch) -> None:
    monkeypatch.setattr(bought, "find_end", lambda ctx: ctx.now + timedelta(days=1))

    assert live(seller("fakturasmart")).faults


def test_words_of_the_second_life_that_cant_be_filled_are_named(tmp_path: Path) -> None:
    begin(tmp_path / "new")
    texts = tmp_path / "new/texts/it.toml"
    texts.write_text(texts.read_text("utf-8") + '\n[changed_terms]\nwaits = "{nobody}"\n', "utf-8")
    profile = load(tmp_path / "new")

    missing = tuple(unsaid(profile, tuple(collect_said_texts(live(profile.seller).heard))))

    assert [problem.file for problem in missing] == [texts]
    assert "changed_terms.waits can't be filled for {nobody}" in str(missing[0])
