"""`okienko sandbox`: the stand-ins, their page and their clock, in a process of their own."""

from pathlib import Path

from bot.app.supervisor_pipe import SupervisorPipe
from bot.handlers.pages.sandbox import routes
from bot.web import static_files
from bot.web.network import OnlyHere
from bot.web.pages import Pages
from bot.web.site import Site
from sandbox.server import run
from services.clock import SystemClock


async def serve(
    port: int, data_dir: Path, public_url: str | None = None, lifeline: SupervisorPipe | None = None
) -> None:
    """Serve until SIGTERM, or until whoever started it is gone; the ledger is a file in `data_dir`.

    Raises OSError if it can't listen.
    """
    site = Site(public_url=public_url or f"http://127.0.0.1:{port}", seller="Okienko", desk="Okienko")

    def ready(url: str) -> None:
        if lifeline is None:
            print(f"Okienko's sandbox at {url}/sandbox", flush=True)
        else:
            lifeline.say(url)

    await run(
        port,
        data_dir,
        real_time=SystemClock().now,
        public_url=public_url,
        on_ready=ready,
        until=lifeline.cut if lifeline is not None else None,
        extra_routes=lambda: [*routes(Pages(site)), *static_files.routes(site)],
        within=OnlyHere,
    )
