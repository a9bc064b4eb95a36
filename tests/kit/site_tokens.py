"""The seller's own site, as it tells of its customer: keys, tokens, and many that aren't its own."""

import base64
import hmac
import json
from collections.abc import Iterator, Mapping
from secrets import token_hex
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from services.clock import SystemClock

Key = ECKey | OKPKey
ALGORITHMS = {"EC": "ES256", "OKP": "EdDSA"}
KINDS = ("ES256", "EdDSA")


def new_key(algorithm: str, kid: str) -> Key:
    """A key of its own, with its private half."""
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", {"kid": kid})
    return OKPKey.generate_key("Ed25519", {"kid": kid})


def public(key: Key) -> dict[str, Any]:
    """Return the public half, as the desk is given it."""
    return {**key.as_dict(private=False), "kid": key.kid}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims_of(customer_id: str, audience: str, **others: Any) -> dict[str, Any]:
    """Right claims of now; `others` in their place, None for none."""
    now = int(SystemClock().now().timestamp())
    right = {"sub": customer_id, "aud": audience, "jti": token_hex(8), "iat": now, "exp": now + 240}
    return {name: value for name, value in (right | others).items() if value is not None}


def signed(key: Key, payload: Mapping[str, Any] | str, alg: Any = None, **header: Any) -> str:
    """A token: its payload as claims or as it is to be written."""
    head = {"alg": alg or ALGORITHMS[str(key.as_dict()["kty"])], "kid": key.kid, "typ": "JWT"} | header
    body = payload if isinstance(payload, str) else json.dumps(payload)
    return by_hand(key, {name: value for name, value in head.items() if value is not None}, body)


def by_hand(key: Key, header: Mapping[str, Any] | str, body: str) -> str:
    """Sign whatever the header says, which no library would do."""
    head = header if isinstance(header, str) else json.dumps(header)
    meant = f"{b64(head.encode())}.{b64(body.encode())}"
    model = jws.JWSRegistry.algorithms[{"P-256": "ES256", "P-384": "ES384"}.get(str(key.as_dict()["crv"]), "EdDSA")]
    return f"{meant}.{b64(model.sign(meant.encode(), key))}"


def _der(raw: bytes) -> bytes:
    def number(part: bytes) -> bytes:
        kept = part.lstrip(b"\0") or b"\0"
        kept = b"\0" + kept if kept[0] & 0x80 else kept
        return b"\x02" + bytes([len(kept)]) + kept

    both = number(raw[:32]) + number(raw[32:])
    return b"\x30" + bytes([len(both)]) + both


def forged(key: Key, other: Key, customer_id: str, audience: str) -> Iterator[tuple[str, str]]:
    """Tokens that prove nothing: what is wrong with each, and the token. `other` is a key of somebody else."""

    def claims(**others: Any) -> dict[str, Any]:
        return claims_of(customer_id, audience, **others)

    def right() -> str:
        return signed(key, claims())

    alg, kid, now = ALGORITHMS[str(key.as_dict()["kty"])], str(key.kid), int(SystemClock().now().timestamp())
    body = json.dumps(claims())
    for name in ("none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "PS256", "ES384", "ES256K"):
        for signature in ("", b64(b"\0" * 64), right().rpartition(".")[2]):
            head = b64(json.dumps({"alg": name, "kid": kid}).encode())
            yield f"alg {name!r}", f"{head}.{b64(body.encode())}.{signature}"
    for name in ("ES256" if alg == "EdDSA" else "EdDSA", alg.lower(), None, 1, [alg], {"is": alg}, True):
        yield f"alg {name!r}, signed", by_hand(key, {"alg": name, "kid": kid}, json.dumps(claims()))
    shown = public(key)
    secrets = (
        *(json.dumps(shown, separators=mark).encode() for mark in ((",", ":"), (", ", ": "))),
        shown["x"].encode(),
        base64.urlsafe_b64decode(shown["x"] + "=="),
        key.as_pem(private=False),
        key.as_pem(private=False).strip(),
        key.as_der(private=False),
        b"sandbox" * 5,
        b"\0" * 32,
    )
    for secret in secrets:
        for name in ("HS256", alg):
            meant = f"{b64(json.dumps({'alg': name, 'kid': kid}).encode())}.{b64(json.dumps(claims()).encode())}"
            yield (
                f"HMAC with what is public, as {name}",
                f"{meant}.{b64(hmac.digest(secret, meant.encode(), 'sha256'))}",
            )
    for name in (
        other.kid,
        "",
        "nobody",
        kid + " ",
        kid + "\0",
        kid.upper(),
        f"../{kid}",
        "' OR 1=1 --",
        None,
        0,
        [kid],
    ):
        yield f"kid {name!r} of another key", by_hand(other, {"alg": alg, "kid": name}, json.dumps(claims()))
    for name in ("", "nobody", kid + " ", kid + "\0", kid.upper(), None, 0, True, [kid], {"kid": kid}, "x" * 5000):
        yield f"kid {name!r}", by_hand(key, {"alg": alg, "kid": name}, json.dumps(claims()))
    yield "another key", signed(other, claims(), kid=kid)
    for curve in (ECKey.generate_key("P-384", {"kid": kid}), OKPKey.generate_key("Ed448", {"kid": kid})):
        yield "another curve", by_hand(curve, {"alg": alg, "kid": kid}, json.dumps(claims()))
    for more in (
        {"jwk": public(other)},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/key"},
        {"x5c": ["MII="]},
        {"b64": False, "crit": ["b64"]},
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": ["http://example.com/ext"], "http://example.com/ext": 1},
        {"typ": "at+jwt"},
        {"typ": "logout+jwt"},
        {"typ": 1},
        {"cty": "JWT"},
        {"zip": "DEF"},
        {"enc": "A128GCM"},
        {"p2c": 2**31},
    ):
        yield f"header {more}", signed(key, claims(), **more)
        yield f"header {more} of another key", signed(other, claims(), kid=kid, **more)
    for times in (
        {"exp": now - 31},
        {"exp": now - 86_400},
        {"exp": 0},
        {"exp": -1},
        {"exp": now + 400},
        {"exp": now + 400, "iat": None},
        {"exp": now + 400, "iat": now + 300},
        {"exp": now + 86_400},
        {"exp": 2**31},
        {"exp": 2**63},
        {"exp": 10**30},
        {"exp": now * 1000},
        {"exp": None},
        {"exp": float(now + 200)},
        {"exp": str(now + 200)},
        {"exp": True},
        {"exp": [now + 200]},
        {"exp": {}},
        {"iat": now + 120, "exp": now + 240},
        {"iat": now - 400, "exp": now + 200},
        {"iat": str(now)},
        {"iat": 1.5},
        {"iat": False},
        {"iat": -(10**30)},
        {"nbf": now + 120},
        {"nbf": str(now)},
        {"nbf": 10**30},
        {"nbf": [now]},
    ):
        yield f"times {times}", signed(key, claims(**times))
    for aud in (
        *(None, "", "*", "https://evil.example", audience + ".evil.example", audience + "/chat", audience.upper(), 1),
        *([audience], [audience, "https://evil.example"], [], {"aud": audience}, True, audience + "\0", " " + audience),
        *(
            audience.replace("http", "ws"),
            audience.partition("//")[2],
            audience + ":80",
            audience + "#",
            audience + "?",
        ),
    ):
        yield f"aud {aud!r}", signed(key, claims(aud=aud))
    for iss in ("https://evil.example", "", audience + ".evil.example", 1, [audience], {}, True, False, "*"):
        yield f"iss {iss!r}", signed(key, claims(iss=iss))
    for sub in (
        None,
        "",
        "nobody",
        customer_id + " ",
        customer_id.upper() + "x",
        1,
        [customer_id],
        {"id": customer_id},
    ):
        yield f"sub {sub!r}", signed(key, claims(sub=sub))
    for sub in (
        "*",
        "%",
        "' OR 1=1 --",
        "\0",
        customer_id + "\0",
        "x" * 300,
        "anna@firma.pl",
        "../" + customer_id,
        True,
    ):
        yield f"sub {sub!r}", signed(key, claims(sub=sub))
    for jti in (None, "", 1, [], ["a"], {}, True, "x" * 201):
        yield f"jti {jti!r}", signed(key, claims(jti=jti))
    for name in ("sub", "aud", "jti", "exp", "iat"):
        said = json.dumps(claims())
        for twice in (f'{said[:-1]}, "{name}": {json.dumps(claims()[name])}}}', f'{{"{name}": "nobody", {said[1:]}'):
            yield f"{name} twice", signed(key, twice)
    double = f'{{"alg": "none", "alg": "{alg}", "kid": "{kid}"}}'
    yield "alg twice", by_hand(key, double, json.dumps(claims()))
    for odd in (
        "",
        "null",
        "[]",
        "1",
        '"sub"',
        "{",
        "{}",
        "NaN",
        "{" * 500,
        "[" * 2000,
        '{"exp": NaN}',
        '{"exp": Infinity}',
    ):
        yield f"claims {odd[:20]}", signed(key, odd)
        yield f"header {odd[:20]}", by_hand(key, odd, json.dumps(claims()))
    yield "huge", signed(key, claims(note="x" * 5000))
    yield "huge header", signed(key, claims(), kid="x" * 5000)
    whole = right()
    head, said, signature = whole.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    for cut in (0, 1, 2, 16, 32, 43, 62, 63):
        yield f"signature of {cut} bytes", f"{head}.{said}.{b64(raw[:cut])}"
    for longer in (
        raw + b"\0",
        b"\0" + raw,
        raw * 2,
        _der(raw),
        b"\0" * 64,
        b"\xff" * 64,
        raw[::-1],
        raw[32:] + raw[:32],
    ):
        yield "another signature", f"{head}.{said}.{b64(longer)}"
    for at in range(0, 64, 3):
        yield f"byte {at} changed", f"{head}.{said}.{b64(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])}"
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelt = last[last.index(signature[-1]) ^ 1]
    changed = json.dumps(claims(sub="nobody"))
    for odd in (
        *(f"{head}.{said}.{signature[:-1]}{spelt}", f"{head}.{b64(changed.encode())}.{signature}"),
        *(f"{head}.{said}", f"{head}.{said}.", f"{head}..{signature}", f".{said}.{signature}", "..", "", ".", "x"),
        *(f"{whole}.", f"{whole}.{signature}", f"{whole}.a.b", f"{whole}=", f"{head}=.{said}.{signature}", f" {whole}"),
        *(f"{whole}\n", f"\n{whole}", whole.replace(".", "\n."), whole.replace(".", ". "), whole.replace(".", "..")),
        *(
            f"Bearer {whole}",
            whole.upper(),
            whole.lower(),
            whole[::-1],
            whole + "\0",
            "é" + whole,
            whole.replace("e", "е"),
        ),
        json.dumps({"payload": said, "protected": head, "signature": signature}),
        json.dumps({"payload": said, "signatures": [{"protected": head, "signature": signature}]}),
    ):
        yield f"form {odd[:12]!r}", odd
    for enc in ("A128GCM", "A256GCM", "A128CBC-HS256"):
        for how in ("dir", "ECDH-ES", "A128KW", "RSA-OAEP"):
            start = b64(json.dumps({"alg": how, "enc": enc, "kid": kid}).encode())
            yield "JWE", ".".join((start, b64(b"x" * 16), b64(b"i" * 12), b64(body.encode()), b64(b"t" * 16)))
