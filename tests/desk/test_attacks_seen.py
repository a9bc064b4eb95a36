"""What a desk repels is seen: in its figures and in one line a network, without a login, an address or a token."""

import re
from pathlib import Path

import structlog

from services.refusals import DOORS, FEWEST, LOG_INS
from tests.desk.agent_http import AgentHttp
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted

LIVE_TOKEN = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIGURE = re.compile(r'^okienko_(?:log_ins|refused)_total\{end="(\w+)",(?:who|what)="(\w+)"\} (\d+)', re.MULTILINE)


async def figures(desk: Running) -> dict[tuple[str, str], int]:
    found = _FIGURE.findall((await desk.http.get("/metrics")).text)
    return {(what, end): int(n) for end, what, n in found}


async def test_whatever_is_refused_is_counted_and_told_without_a_person(tmp_path: Path) -> None:
    given = {"rest_token": LIVE_TOKEN, "telegram_mode": "webhook", "telegram_token": "1:a"}
    with structlog.testing.capture_logs() as lines:
        async with running_desk(tmp_path) as desk:
            before = await figures(desk)
            assert {what for what, _ in before} == {*LOG_INS, *DOORS}, "from the start, or an alarm on them is blind"
            assert not any(before.values())
            scripted, customer = await Scripted(desk).run(), desk.customer()
            await customer.say("start:log_in")
            page = customer.link("secure_page")["href"]
            login = {"login": scripted.person.email}
            for password in ("Kanarek-zly-1", "Kanarek-zly-2"):
                assert (await customer.submit(page, **login, password=password)).status_code == 422
            assert (await customer.submit(page, **login, password=scripted.person.password)).status_code == 200
            for token in ("kanarek-token", "sandbox2"):
                headers = {"authorization": f"Bearer {token}"}
                assert (await desk.http.get("/api/v1/orders", headers=headers)).status_code == 401
            assert (await desk.http.post("/webhooks/payments/przelewy24", content=b"{}")).status_code == 400
            anna = await AgentHttp.logged_in(desk)
            assert (await anna.get("/desk/overview")).status_code == 403
            assert (await anna.post("/desk/replies", {"origin": "https://evil.example"})).status_code == 403
            stranger = AgentHttp(desk, desk.http)
            await stranger.get("/desk/login")
            wrong = await stranger.post("/desk/login", login="kanarek", password="sandbox", next="/desk")
            assert wrong.status_code == 422
            seen = {what: n for what, n in (await figures(desk)).items() if n}
            assert seen == {
                ("customer", "wrong"): 2, ("customer", "right"): 1, ("api_token", "wrong"): 2,
                ("payment_notice", "wrong"): 1, ("agent", "right"): 1, ("agent", "wrong"): 1,
                ("role", "wrong"): 1, ("foreign_page", "wrong"): 1,
            }  # fmt: skip
        async with running_desk(tmp_path / "kept", **given) as desk:
            for _ in range(FEWEST):
                assert (await desk.http.post("/webhooks/rest/webhook", json={"sender": "s" * 20})).status_code == 401
            before = len(lines)
            for _ in range(FEWEST // 2):
                assert (await desk.http.post("/webhooks/telegram", json={})).status_code == 403
                assert (await desk.http.post("/webhooks/payments/paypal", content=b"{}")).status_code == 400
            told = [line for line in lines[before:] if line.get("what", "rest_token") != "rest_token"]  # may still come
            assert not told, "counted, and not told one by one"
            seen = {what: n for what, n in (await figures(desk)).items() if n}
            assert seen == {
                ("rest_token", "wrong"): FEWEST, ("telegram_secret", "wrong"): FEWEST // 2,
                ("payment_notice", "wrong"): FEWEST // 2,
            }  # fmt: skip
    told = [line for line in lines if line["event"] == "refused"]
    assert [line["customer_wrong"] for line in told if "customer_wrong" in line] == [2]
    assert [(line["what"], line["refused"]) for line in lines if line.get("alarm")] == [("rest_token", FEWEST)]
    for secret in (scripted.person.email, "anarek", "sandbox2", "127.0.0.1"):
        assert secret not in str(told)
