"""Several desks on one PostgreSQL with one sandbox, and a client whose every request goes to the next of them."""

import itertools
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.desk.running import Running, running_desk
from tests.desk.scripted import until
from tests.desk.test_service_process import okienko_sandbox


class Rotating(httpx.AsyncClient):
    """Asks one replica after the other, as the worst of proxies would; whatever replica a link names."""

    def __init__(self, urls: list[str]) -> None:
        super().__init__(base_url=urls[0], trust_env=False, timeout=30)
        self._turns = itertools.cycle(httpx.URL(url) for url in urls)

    async def request(self, method: str, url: Any, **more: Any) -> httpx.Response:
        asked = httpx.URL(url)
        return await super().request(method, next(self._turns).copy_with(raw_path=asked.raw_path), **more)


class Together(Running):
    """All of them as one, whose clock has moved once each of them has heard of it."""

    def __init__(self, each: list[Running], http: httpx.AsyncClient) -> None:
        super().__init__(each[0].installation, http)
        self._each = each

    async def advance(self, seconds: float) -> Any:
        """Move the clock, all that falls due on the way done."""
        answer = await super().advance(seconds)

        async def is_one() -> bool:
            return len({desk.installation.clock.offset for desk in self._each}) == 1

        await until(is_one)
        return answer


@dataclass
class Replicas:
    """The desks, each on its own, and all of them as one."""

    each: list[Running]
    all: Running


@asynccontextmanager
async def replicas(folder: Path, database_url: str, count: int = 2, **settings: Any) -> AsyncGenerator[Replicas]:
    """Desks in this process that know nothing of each other but the database and the sandbox."""
    async with AsyncExitStack() as stack:
        given = {"database_url": database_url, "secret_key": "k" * 32, **settings}
        given["sandbox_url"] = await stack.enter_async_context(okienko_sandbox(folder / "sandbox"))
        each = [await stack.enter_async_context(running_desk(folder / f"desk{n}", **given)) for n in range(count)]
        http = await stack.enter_async_context(Rotating([desk.url for desk in each]))
        yield Replicas(each, Together(each, http))
