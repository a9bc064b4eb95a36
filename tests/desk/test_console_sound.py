"""Sound and the browser's notice: for whom they are, when, and that nothing is told twice.

In Chromium, with the sound and the notice themselves replaced by a list of what was wanted of them.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.crash.process import free_port
from tests.desk.agent_browser import AgentBrowser
from tests.desk.running import Customer, Running, running_desk
from tests.kit.browsers import window
from tests.kit.talks import says

WAITS, WRITES = "Ktoś czeka na osobę", "Klient czeka na odpowiedź"
# Permission is the browser's own; only what would be heard and seen outside the page is written down instead.
RECORDER = """
window.told = [];
const Real = window.Notification;
window.Notification = class {
  static get permission() { return Real.permission; }
  static requestPermission() { return Real.requestPermission(); }
  constructor(title, options) { window.told.push({ title, tag: options.tag, body: options.body ?? "" }); }
};
const node = () => ({ connect: (to) => to, start: () => window.told.push("sound"), stop() {}, frequency: {},
  gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} } });
window.AudioContext = class {
  currentTime = 0;
  resume() { return Promise.resolve(); }
  createOscillator() { return node(); }
  createGain() { return node(); }
};
let hidden = false;
Object.defineProperty(Document.prototype, "hidden", { get: () => hidden });
window.behind = (is) => { hidden = is; };
"""


@dataclass
class Desk:
    """An agent at the queue, who may be called."""

    desk: Running
    agent: AgentBrowser

    @property
    def page(self) -> Page:
        return self.agent.page

    async def told(self) -> list[str]:
        """What was heard and seen since it was asked last."""
        found = await self.page.evaluate("window.told.splice(0)")
        return [one if isinstance(one, str) else one["title"] for one in found]

    async def behind(self, is_so: bool) -> None:
        """Another tab stands before this one, or none."""
        await self.page.evaluate("is => window.behind(is)", is_so)

    async def has(self, words: str) -> None:
        """The agent's own conversation stands in the queue with these words as its last."""
        await expect(self.page.locator("a.row.mine .words")).to_contain_text(words)

    async def waiting(self, count: int) -> None:
        await expect(self.page.locator("a.row.waiting")).to_have_count(count)


@asynccontextmanager
async def at_the_queue(url: str, context: BrowserContext, desk: Running) -> AsyncGenerator[Desk]:
    await context.grant_permissions(["notifications"], origin=url)
    await context.add_init_script(RECORDER)
    yield Desk(desk, await AgentBrowser.logged_in(url, context))


async def calls(desk: Running) -> Customer:
    """A customer who asks for a person."""
    return await says(desk.customer(), "/start", "start:buy", "/agent")


async def of_those_who_wait(here: Desk, desk: Running) -> Customer:
    """The first of them; in the end three wait."""
    sound = here.page.get_by_role("button", name="Dźwięk")
    await expect(sound).to_have_attribute("aria-pressed", "false")
    await here.behind(True)
    first = await calls(desk)
    await here.waiting(1)
    assert await here.told() == [], "nobody is told who hasn't asked for it"
    await sound.click()
    await expect(sound).to_have_attribute("aria-pressed", "true")
    assert await here.told() == ["sound"], "as a trial"
    await calls(desk)
    await here.waiting(2)
    assert await here.told() == ["sound", WAITS]
    await here.behind(False)
    await calls(desk)
    await here.waiting(3)
    assert await here.told() == ["sound"], "whoever looks sees it"
    return first


async def of_ones_own(here: Desk, customer: Customer) -> None:
    """On another page than the one where it was switched on."""
    await here.agent.opens()
    await expect(here.page.get_by_role("button", name="Dźwięk")).to_have_attribute("aria-pressed", "true")
    await here.agent.takes()
    await expect(here.page.locator("a.row.mine")).to_have_count(1)
    assert await here.told() == [], "nobody is told of what he does himself"
    await here.behind(True)
    for words in ("Jest tam kto?", "Halo?"):
        await customer.say(words)
        await here.has(words)
        assert await here.told() == ["sound", WRITES], "each message is news"
    await here.behind(False)
    await customer.say("Proszę o odpowiedź")
    await here.has("Proszę o odpowiedź")
    assert await here.told() == ["sound"]
    await here.agent.says("Już jestem.")
    await here.has("Już jestem.")
    assert await here.told() == []
    assert (await here.page.title()).startswith("(2) ")


async def of_time_that_runs_out(here: Desk, customer: Customer) -> None:
    """Seven minutes after the customer's word."""
    await customer.say("I jeszcze jedno")
    await here.has("I jeszcze jedno")
    await here.desk.advance(430)
    await here.page.reload()
    for place in ("a.row.mine", ".head"):
        await expect(here.page.locator(f"{place} .due.soon")).to_contain_text(
            re.compile(r"odpowiedź do .* \([12]:\d\d\)")
        )
    assert await here.told() == ["sound"]
    async with here.page.expect_response(lambda answer: answer.url.endswith("/typing")) as told:
        await here.page.get_by_label("Wiadomość do klienta").press_sequentially("Już")
    assert (await told.value).status == 204


async def test_who_is_told_and_when(tmp_path: Path, chromium: Browser) -> None:
    async with (
        running_desk(tmp_path) as desk,
        window(chromium, 1280) as context,
        at_the_queue(desk.url, context, desk) as here,
    ):
        first = await of_those_who_wait(here, desk)
        await of_ones_own(here, first)
        await of_time_that_runs_out(here, first)
        await here.behind(True)
        sound = here.page.get_by_role("button", name="Dźwięk")
        await sound.click()
        await expect(sound).to_have_attribute("aria-pressed", "false")
        await first.say("Dziękuję")
        await here.has("Dziękuję")
        await calls(desk)
        await here.waiting(3)
        assert await here.told() == [], "switched off again"
        assert here.agent.wrong == []


async def test_nothing_is_told_again_after_a_break(tmp_path: Path, chromium: Browser) -> None:
    port = free_port()
    async with window(chromium, 1280) as context:
        async with running_desk(tmp_path, port=port) as desk, at_the_queue(desk.url, context, desk) as here:
            await here.page.get_by_role("button", name="Dźwięk").click()
            await here.behind(True)
            await calls(desk)
            await here.waiting(1)
            await here.told()
        async with running_desk(tmp_path, port=port) as desk:
            async with here.page.expect_response(lambda answer: "/desk/queue" in answer.url and answer.ok):
                pass
            assert await here.told() == [], "who has waited all the time is no news"
            await calls(desk)
            await here.waiting(2)
            assert await here.told() == ["sound", WAITS]
