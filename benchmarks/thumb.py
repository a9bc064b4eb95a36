"""What it takes to buy by thumb: `python -m benchmarks.thumb [--seller NAME] [--pictures DIR] [--json FILE]`.

Each seller's happy path is played in a real Chromium of a phone's size, against a desk of its own with its sandbox;
a second order and a renewal, too. docs/dev/by-thumb.md says what is counted; more than a limit in it fails.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from httpx import AsyncClient
from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as BrowserError

from benchmarks.thumbs import limits
from benchmarks.thumbs.journeys import GOALS, JOURNEYS, STARTER, Journey, Stuck
from benchmarks.thumbs.player import Player
from benchmarks.thumbs.report import table
from benchmarks.thumbs.sandbox import Sandbox
from bot.app import logs
from bot.app.serve import run_desk
from bot.app.settings import Settings
from bot.cli.new import begin

ROOT = Path(__file__).resolve().parents[1]
_TERMS, _MONTH = 'terms = ["1 year", "1 month"]', '"1 month" = "10.00"\n'
"""A starter who sells for one length is asked for none, as all the years before."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


@asynccontextmanager
async def desk_of(journey: Journey) -> AsyncGenerator[str]:
    """The address of a desk of its own that serves the journey's seller."""
    with tempfile.TemporaryDirectory(prefix="okienko-thumb-") as folder:
        given = {"profile": _profile_of(journey, Path(folder)), "data_dir": Path(folder), "port": 0}
        settings = Settings(_env_file=None, **given, log_level="error")  # type: ignore[call-arg]
        async with run_desk(settings) as desk:
            yield desk.base_url


def _profile_of(journey: Journey, folder: Path) -> Path:
    if journey is not STARTER:
        return ROOT / "profiles" / journey.profile
    begin(folder / journey.profile)
    file = folder / journey.profile / "profile.toml"
    file.write_text(file.read_text("utf-8").replace(_TERMS, 'terms = ["1 year"]').replace(_MONTH, ""), "utf-8")
    return folder / journey.profile


@asynccontextmanager
async def before_the_chat(
    browser: Browser, journey: Journey, sandbox: Sandbox, pictures: Path | None
) -> AsyncGenerator[Player]:
    """A customer who has just opened the chat on a phone that knows nothing of it."""
    context = await browser.new_context(**PHONE, locale=journey.locale)
    context.set_default_timeout(20_000)
    customer = Player(journey, await context.new_page(), sandbox, pictures)
    await customer.open(str(sandbox.http.base_url.join("/chat")))
    try:
        yield customer
    except (Stuck, BrowserError) as error:
        error.add_note(f"after {customer.trail[-6:]}")
        raise
    finally:
        await context.close()


async def measure(browser: Browser, journey: Journey, pictures: Path | None) -> dict[str, Any]:
    """The figures of one journey, and how they came about; nothing if it got stuck."""
    async with desk_of(journey) as address, AsyncClient(base_url=address) as http:
        sandbox = Sandbox(http)
        try:
            async with before_the_chat(browser, journey, sandbox, pictures) as customer:
                if journey.before:
                    await customer.play(journey.before)
                    await customer.wait(journey.waits_until)
                if not journey.new_phone:
                    return await counted(customer)
            again = journey.again(customer.pages.proposed)
            async with before_the_chat(browser, again, sandbox, pictures) as customer:
                return await counted(customer)
        except (Stuck, BrowserError) as error:
            print(f"{journey.name} got stuck: {error}", *getattr(error, "__notes__", ()), sep="\n  ", file=sys.stderr)
    return {}


async def counted(customer: Player) -> dict[str, Any]:
    """Play what is counted of a journey; return its figures."""
    name, begun, acts = customer.journey.name, await customer.at_rest(), len(customer.trail)
    await customer.play(customer.journey.ways, pictured=True)
    if customer.undrawn:
        print(f"{name}: the page doesn't draw {sorted(customer.undrawn)}", file=sys.stderr)
    if customer.hidden:
        print(f"{name}: not in view when ordered: {sorted(customer.hidden)}", file=sys.stderr)
    return {
        **(await customer.counts() - begun).figures(),
        "trail": customer.trail[acts:],
        "out_of_view": customer.hands.out_of_view,
        "hidden": sorted(customer.hidden),
        "words_by_message": customer.tally.words_by_message(),
    }


async def measure_all(
    playwright: Playwright, chromium: str, journeys: Sequence[Journey], pictures: Path | None
) -> dict[str, dict[str, Any]]:
    """The figures of each journey that came to its end."""
    browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    measured: dict[str, dict[str, Any]] = {}
    for journey in journeys:
        folder = pictures / journey.name.replace(", ", "-").replace(" ", "_") if pictures else None
        if figures := await measure(browser, journey, folder):
            measured[journey.name] = figures
    await browser.close()
    return measured


async def _run(asked: argparse.Namespace, chromium: str) -> int:
    """Measure, print, write what was asked for; 1 if a journey got stuck, or took more than its limits."""
    journeys = [journey for journey in JOURNEYS if asked.seller in (None, journey.profile)]
    async with async_playwright() as playwright:
        measured = await measure_all(playwright, chromium, journeys, asked.pictures)
    if asked.json:
        asked.json.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(table(measured, limits.read()["baseline"], GOALS))
    found = {name: limits.limited(figures) for name, figures in measured.items()}
    over = (limits.lower if asked.page else limits.above)("thumb", found)
    print(*over, sep="\n", file=sys.stderr)
    return int(len(measured) < len(journeys) or bool(over))


def main(arguments: Sequence[str] | None = None) -> int:
    """The script's entry."""
    parser = argparse.ArgumentParser(description="Count what each seller's happy path takes by thumb.")
    parser.add_argument("--seller", help="only this seller's journeys, by the folder of its profile")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="take a picture of every screen")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures, with every tap")
    parser.add_argument(
        "--page",
        action="store_true",
        help="lower the limits to what was counted, and write them into docs/dev/by-thumb.md",
    )
    asked = parser.parse_args(arguments)
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        parser.error("no Chromium in PATH (on Debian: apt install chromium)")
    logs.configure("error")
    return asyncio.run(_run(asked, found[0]))


if __name__ == "__main__":
    sys.exit(main())
