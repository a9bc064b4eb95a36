"""Agents at a whole desk: the sandbox's two, over several processes, and switched off by command."""

import re
from functools import partial
from pathlib import Path

import anyio.to_thread
import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import build
from tests.desk.databases import desks_on, on_each_database
from tests.desk.post_office import post_office
from tests.desk.running import Running


async def log_in(http: httpx.AsyncClient, login: str, password: str = "sandbox") -> httpx.Response:
    found = re.search(r'name="csrf" value="([^"]+)"', (await http.get("/desk/login")).text)
    assert found is not None
    return await http.post("/desk/login", data={"csrf": found[1], "login": login, "password": password})


async def test_the_landing_page_leads_to_the_desk_and_its_two_agents_get_in(desk: Running) -> None:
    assert 'href="/desk"' in (await desk.http.get("/")).text
    for login, name in (("anna", "Anna"), ("marek", "Marek")):
        assert (await log_in(desk.http, login, "wrong")).status_code == 422
        assert (await log_in(desk.http, login)).headers["location"] == "/desk"
        assert name in (await desk.http.get("/desk")).text
        desk.http.cookies.clear()


@on_each_database
async def test_a_log_in_holds_at_every_process_until_it_ends_at_all(
    tmp_path: Path, database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with post_office() as office, desks_on(database, request, tmp_path, office) as desks:
        monkeypatch.setenv("OKIENKO_DATABASE_URL", desks.each[0].installation.deps.settings.database)
        app = build("agent")

        async def okienko(*words: str) -> tuple[int, str]:
            # In a thread of its own: the command has a loop of its own, as it has a process.
            done = await anyio.to_thread.run_sync(partial(CliRunner().invoke, app, ["agent", *words]))
            return done.exit_code, done.stdout

        first = desks.each[0].http
        assert (await log_in(first, "anna")).status_code == 303
        cookies = {cookie.name: cookie.value or "" for cookie in first.cookies.jar}
        for desk in desks.each:
            desk.http.cookies.clear()
            desk.http.cookies.update(cookies)
            assert (await desk.http.get("/desk")).status_code == 200
        assert await okienko("disable", "anna") == (0, "disabled: anna\n")
        for desk in desks.each:
            assert (await desk.http.get("/desk")).status_code == 303
            desk.http.cookies.clear()
        assert (await log_in(desks.each[-1].http, "anna")).status_code == 422
