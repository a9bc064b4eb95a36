"""Words between a sign-up and its proof: read by whoever is new, and by whoever has an account, they are true for both.

Both read the same, so that nobody learns whose address has an account; only the letter differs.
"""

import pytest

from bot.profile import Profile
from dialogs.kit import Params
from tests import shipped
from tests.architecture.rooms import ROOT
from tests.table import table

PROFILES = [shipped.profile(path.parent.name) for path in sorted((ROOT / "profiles").glob("*/profile.toml"))]
BY_EMAIL = [profile for profile in PROFILES if profile.seller.sign_up.by == "email"]
ABOUT: Params = {"email": "u2@example.com", "phone": "+48 512 000 321", "sender": "desk@example.com"}
LETTER: dict[str, tuple[Params, ...]] = {
    "account.created": ({},),
    "contact.activation.ask": ({"code": True}, {"code": False}),
    "contact.email_proof.ask": ({"code": True},),
    "order.email_link.ask": ({"code": True},),
}
"""Texts that tell of the letter, by the values that may fill them."""
IF_KNOWN = {"pl": ("jeśli",), "it": ("se l’account", "se esiste"), "en": ("if there",), "de": ("falls", "gab es")}
LOG_IN = {"pl": "logowania", "it": "accedere", "en": "log in", "de": "anmelden"}
MADE = {
    "pl": ("konto założone", "konto gotowe", "hasło ustawione"),
    "it": ("account creato", "è pronto", "account pronto", "password impostata"),
    "en": ("account is ready", "account ready", "account has been created", "password set"),
    "de": ("angelegt", "passwort festgelegt", "konto ist fertig"),
}


@pytest.mark.parametrize("profile", BY_EMAIL, ids=lambda profile: profile.seller.id)
def test_what_tells_of_the_letter_says_what_it_holds_where_there_is_an_account(profile: Profile) -> None:
    for locale in profile.seller.locales:
        told = [profile.renderer().words("account.created", ABOUT, locale)]
        for key, filled in LETTER.items():
            for more in filled:
                words = profile.renderer().words(key, {**ABOUT, **more}, locale)
                if key == "contact.activation.ask" and profile.seller.sign_up.confirm_first:
                    words = f"{told[0]} {words}"  # read together
                said = words.casefold()
                assert any(mark in said for mark in IF_KNOWN[locale]), (locale, key, words)
                assert LOG_IN[locale] in said, (locale, key, words)


@table("key", ["account.created", "account.password_set", "kit.act_done.account.create"])
def test_nothing_says_that_an_account_was_made_or_a_password_set(key: str) -> None:
    for profile in BY_EMAIL:
        for locale in profile.seller.locales:
            words = profile.renderer().words(key, ABOUT, locale).casefold()
            assert not [claim for claim in MADE[locale] if claim in words], (profile.seller.id, locale, words)
