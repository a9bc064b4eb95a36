"""The site's tokens, read: the right ones, and hundreds that prove nothing."""

from typing import Any

import pytest

from services.accounts import site_identity
from services.accounts.identity_keys import IdentityKey
from services.accounts.site_identity import ExpectedIdentity
from services.clock import SystemClock
from services.errors import Forged
from tests.kit.site_tokens import KINDS, Key, claims_of, forged, new_key, public, signed

DESK, SHOP, CUSTOMER = "https://desk.example", "https://shop.example", "0a1b2c3d"
MEANT = ExpectedIdentity((DESK, f"{DESK}/"), SHOP)


def kept(key: Key) -> IdentityKey:
    return site_identity.public_key(public(key))


def told(token: str, *keys: Key) -> site_identity.SiteCustomer:
    return site_identity.read_token(token, [kept(key) for key in keys], MEANT, SystemClock().now())


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_token_of_the_site_s_own_tells_who_its_customer_is(algorithm: str) -> None:
    key, older = new_key(algorithm, "new"), new_key("ES256", "old")
    for token in (
        signed(key, claims_of(CUSTOMER, DESK)),
        signed(key, claims_of(CUSTOMER, f"{DESK}/", iss=SHOP, nbf=int(SystemClock().now().timestamp()), name="Anna")),
        signed(key, claims_of(CUSTOMER, DESK, iat=None), typ=None),
    ):
        about = told(token, older, key)
        assert (about.customer_id, about.kid) == (CUSTOMER, "new")
    assert told(signed(key, claims_of(CUSTOMER, DESK), kid=None), key).kid == "new", "there is no other"


@pytest.mark.parametrize("algorithm", KINDS)
def test_hundreds_of_forged_tokens_tell_nobody_and_none_raises_anything_else(algorithm: str) -> None:
    key, other, unused = new_key(algorithm, "shop"), new_key(algorithm, "evil"), new_key("ES256", "second")
    through, tried = [], 0
    for wrong, token in forged(key, other, CUSTOMER, DESK):
        tried += 1
        try:
            about = told(token, key, unused)
        except Forged:
            continue
        if about.customer_id == CUSTOMER:
            through.append(wrong)
    assert not through
    assert tried >= 300


def test_a_retired_or_unknown_key_tells_nobody() -> None:
    token = signed(new_key("ES256", "shop"), claims_of(CUSTOMER, DESK))
    for keys in ([], [new_key("EdDSA", "other")]):
        with pytest.raises(Forged):
            told(token, *keys)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"x": "AA"},
        {"y": None},
        {"d": "AA"},
        {"alg": "HS256"},
        {"use": "enc"},
        {"kid": ""},
        {"kid": "x" * 65},
        {"kid": "a b"},
        {"y": "A" * 43},
    ],
)
def test_only_public_keys_of_the_two_kinds_are_kept(wrong: dict[str, Any]) -> None:
    given = {**public(new_key("ES256", "shop")), **wrong}
    with pytest.raises(ValueError, match=r"key|kid|kind"):
        site_identity.public_key({name: value for name, value in given.items() if value is not None})


def test_a_key_without_a_name_has_its_thumbprint() -> None:
    given = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert site_identity.public_key(given).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"  # RFC 8037, A.3
