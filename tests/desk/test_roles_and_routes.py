"""The table of roles against routes, tried for real: each route as each visitor; a new one without a role fails."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from starlette.routing import Mount, Route

from docs.dev.generated.access_page import ALL_ROUTES, PAGE, admissions_of, page
from docs.dev.generated.admissions import HERE, IN, LOG_IN, NOT_ASKED, VISITORS, Admission, UndeclaredRoute, declared
from services.accounts.credentials import Argon2Hasher
from services.agents import agent_accounts
from tests.desk.agent_http import AgentHttp
from tests.desk.running import Running, http_client, running_desk

ROOT = Path(__file__).parents[2]
LOGINS = {"agent": "anna", "supervisor": "marek", "admin": "olga", "foreign page": "olga"}
FILLED = {"provider": "przelewy24", "path:path": "brand.css"}
FOREIGN = "https://evil.example"
SIBLING = "http://127.0.0.1:1"
"""Another program's page on this machine: the sandbox lets it in, a page's own check of the origin doesn't."""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_desk(tmp_path, **ALL_ROUTES) as one:
        store, now = one.installation.store, one.installation.clock.now()
        hashed = await Argon2Hasher(memory_kib=8).hash("sandbox")
        await store.write(lambda c: _administrator(c, hashed, now))
        yield one


def _administrator(connection: sa.Connection, hashed: str, now: datetime) -> None:
    agent_accounts.add(
        connection, agent_id="olga", login="olga", name="Olga", role="admin", now=now, password_hash=hashed
    )


async def test_each_route_answers_each_visitor_as_the_table_says(desk: Running) -> None:
    admissions = admissions_of(desk.installation)
    assert (ROOT / PAGE).read_text("utf-8") == page(admissions), "run python -m docs.dev.generated.access_page"
    wrong: list[str] = []
    for visitor in VISITORS:
        who = await entered(desk, visitor)
        for one in sorted(admissions, key=lambda one: "logout" in one.path):
            wanted = one.answer(visitor)
            if wanted == NOT_ASKED:
                continue
            if "logout" in one.path and visitor in LOGINS:
                who = await entered(desk, visitor)
            answer = await asked(who, one, visitor)
            if answered(answer, wanted) != wanted:
                wrong.append(f"{visitor}: {one.method} {one.path}: {answer.status_code}, not {wanted}")
    assert not wrong, "\n".join(wrong)


async def entered(desk: Running, visitor: str) -> AgentHttp:
    if visitor in LOGINS:
        return await AgentHttp.logged_in(desk, LOGINS[visitor])
    http = http_client(desk.url)
    if visitor == "API token":
        http.headers["authorization"] = "Bearer sandbox"
    return AgentHttp(desk, http)


async def asked(who: AgentHttp, one: Admission, visitor: str) -> httpx.Response:
    """The answer's head: streams don't end."""
    path = re.sub(r"\{(.*?)\}", lambda name: FILLED.get(name[1], "1"), one.path)
    origin = who.desk.url if visitor != "foreign page" else FOREIGN if one.by == HERE else SIBLING
    headers = {"accept": "text/html"} if one.method == "GET" else {"accept": "text/html", "origin": origin}
    sent = {"data": {**who.tokens}} if one.path.startswith("/desk") and one.method == "POST" else {}
    async with asyncio.timeout(30), who.http.stream(one.method, path, headers=headers, **sent) as answer:  # type: ignore[arg-type]
        return answer


def answered(answer: httpx.Response, wanted: str) -> str:
    """What it says of who asks: a refusal, or that the request has reached its handler."""
    status, way = answer.status_code, answer.headers.get("location", "")
    if wanted in (IN, LOG_IN):
        refused = status in (401, 403) or status >= 500
        return str(status) if refused else LOG_IN if way.startswith("/desk/login") and wanted == LOG_IN else IN
    return str(status)


def test_a_route_that_nobody_has_declared_fails() -> None:
    async def open_to_all() -> None: ...

    for route in (Route("/desk/new", open_to_all), Route("/new", open_to_all), Mount("/new", routes=[])):
        with pytest.raises(UndeclaredRoute):
            declared([route])
