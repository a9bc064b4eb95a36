"""`okienko sandbox`: the stand-ins, their page and their clock, in a process of their own."""

from pathlib import Path

from bot.handlers.sandbox_page import routes
from bot.web import static_files
from bot.web.pages import Pages
from bot.web.site import Site
from sandbox.server import run
from services.clock import SystemClock


async def serve(port: int, data_dir: Path) -> None:
    """Serves until SIGTERM; the ledger is a file in `data_dir`."""
    site = Site(public_url=f"http://127.0.0.1:{port}", seller="Okienko", desk="Okienko")

    def ready(url: str) -> None:
        print(f"Okienko's sandbox at {url}/sandbox", flush=True)

    await run(
        port,
        data_dir,
        real_time=SystemClock().now,
        on_ready=ready,
        extra_routes=lambda: [*routes(Pages(site)), *static_files.routes(site)],
    )
