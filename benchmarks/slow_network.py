"""The chat on a bad network and a slow phone: `python -m benchmarks.slow_network --runs 9`.

A desk of its own, Chromium at a phone's size: 400 kbit/s each way, 400 ms there and back, a CPU four times slower
(Chrome's own devices for that). Told are the medians of when the greeting can be read, when one of its buttons can be
pressed, and the same for a return to a talk that has begun; with the requests and bytes of each.
"""

import argparse
import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from benchmarks.replicas import running

KBIT_S, ROUND_TRIP_MS, SLOWER = 400, 400, 4
PHONE = {"width": 390, "height": 844}
# From the start of the navigation, by the page's own clock: looked at in each frame.
WATCH = """() => {
  const seen = window.__seen = {};
  const look = () => {
    const now = performance.now();
    if (document.querySelector("#slips .words, #slips .card")) seen.readable ??= now;
    if (document.querySelector("#tray button:not(:disabled):not([data-asleep])[data-payload]")) seen.usable ??= now;
    if (!seen.usable) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@dataclass
class Visit:
    """One look at the chat: milliseconds, requests, bytes on the wire."""

    readable: float = 0.0
    usable: float = 0.0
    asked: dict[str, str] = field(default_factory=dict[str, str])
    received: float = 0.0


async def main(runs: int, slower: int) -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), 1, None, None) as desk:
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(
                executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            first, again = list[Visit](), list[Visit]()
            for _ in range(runs):
                one, other = await _visitor(chromium, f"{desk.url}/chat", slower)
                first.append(one)
                again.append(other)
            await chromium.close()
    _tell("first visit", first)
    _tell("return", again)


async def _visitor(chromium: Browser, address: str, slower: int) -> tuple[Visit, Visit]:
    """Return what a browser that knows nothing sees, and what it sees when it comes again to its talk."""
    context = await chromium.new_context(viewport=PHONE, locale="pl-PL")  # pyright: ignore[reportArgumentType]
    await context.add_init_script(f"({WATCH})()")
    first = await _visit(context, address, slower)
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_role("button", name="Kup teraz").click()
    await page.locator(".slip.desk").nth(1).wait_for()
    await page.close()
    again = await _visit(context, address, slower)
    await context.close()
    return first, again


async def _visit(context: BrowserContext, address: str, slower: int) -> Visit:
    page = await context.new_page()
    devices = await context.new_cdp_session(page)
    visit = await _slowed(devices, slower)
    await page.goto(address, wait_until="commit")
    await page.locator("#tray button[data-payload]:not([data-asleep])").first.wait_for(timeout=60_000)
    await page.wait_for_load_state()
    await _at_rest(page)
    seen = await page.evaluate("window.__seen")
    visit.readable, visit.usable = seen["readable"], seen["usable"]
    await page.close()
    return visit


async def _slowed(devices: CDPSession, slower: int) -> Visit:
    """Slow the page down and count what it asks for."""
    visit, fast = Visit(), KBIT_S * 1000 / 8

    def asked(event: dict[str, Any]) -> None:
        visit.asked[event["requestId"]] = event["request"]["url"]

    def kept(event: dict[str, Any]) -> None:
        if event.get("response", {}).get("fromDiskCache", True):
            visit.asked.pop(event["requestId"], None)  # out of the browser's own cache

    def done(event: dict[str, float]) -> None:
        visit.received += event["encodedDataLength"]

    devices.on("Network.requestWillBeSent", asked)
    devices.on("Network.requestServedFromCache", kept)
    devices.on("Network.responseReceived", kept)
    devices.on("Network.loadingFinished", done)
    await devices.send("Network.enable")
    network = {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": fast, "uploadThroughput": fast}
    await devices.send("Network.emulateNetworkConditions", network)
    await devices.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    return visit


async def _at_rest(page: Page) -> None:
    """Let the stream's question go out, which is one of the requests."""
    await page.wait_for_timeout(2 * ROUND_TRIP_MS)


def _tell(name: str, visits: list[Visit]) -> None:
    for of, times in (("readable", [v.readable for v in visits]), ("usable", [v.usable for v in visits])):
        print(f"{name}: {of} after {median(times) / 1000:.2f} s ({min(times) / 1000:.2f} to {max(times) / 1000:.2f})")
    print(
        f"{name}: {median(len(v.asked) for v in visits)} requests, {median(v.received for v in visits) / 1000:.1f} kB"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--slower", type=int, default=SLOWER, help="so many times slower than this machine")
    asked = parser.parse_args()
    asyncio.run(main(asked.runs, asked.slower))
