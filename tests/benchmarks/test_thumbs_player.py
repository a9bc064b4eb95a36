"""The player of `benchmarks/thumb.py` before a chat that asks by forms: which it takes, and in which order."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.async_api import Route

from benchmarks.thumbs.journeys import FAKTURASMART, NEW_PHONE, PASSWORD, Journey
from benchmarks.thumbs.player import Player
from benchmarks.thumbs.sandbox import Sandbox
from tests.desk.visitor import browser

PAGE = """<body class="chat"><main>
<p id="about">E-faktury przez internet</p>
<form class="fields" id="fields" hidden>
  <input name="email" required><input name="phone" required><input name="tax_number" required>
  <button form="fields">Dalej</button>
</form>
<form class="codes" hidden><input name="sms"><input name="letter"></form>
<div id="tray"></div>
</main><script type="application/json" id="talk">null</script><script type="module">
const [fields, codes] = document.forms;
const said = async (words) => draw(await (await fetch("/said", { method: "POST", body: words })).json());
const draw = ({ shown, buttons }) => {
  fields.hidden = shown !== "fields";
  codes.hidden = shown !== "codes";
  tray.replaceChildren(...buttons.map(({ payload, title }) => {
    const button = document.createElement("button");
    button.textContent = title;
    button.dataset.payload = payload;
    button.addEventListener("click", () => said(payload));
    return button;
  }));
};
fields.addEventListener("submit", (event) => {
  event.preventDefault();
  said([...new FormData(fields)].map((one) => one.join(": ")).join("\\n"));
});
codes.addEventListener("input", ({ target }) => {
  if (target.value.length < 6) return;
  if (target.name === "sms") codes.elements.letter.focus();
  else said(`${codes.elements.sms.value} ${codes.elements.letter.value}`);
});
draw(await (await fetch("/begin")).json());
</script></body>"""
ACCOUNT = ("account:existing",)
"""The sheet stands in the place of the other answer, as in the chat."""
STEPS: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("account.account", "choice", "fields", ACCOUNT),
    ("contact.contact_code", "contact_code", "codes", ()),
    ("order.terms", "choice", "", ("terms:accept", "clauses:accept", "terms_clauses:accept")),
    ("order.done", "nothing", "", ()),
]
"""Each step with what it expects, the form that it shows, and its buttons."""
MESSAGES = [
    {"id": "1", "kind": "sms", "text": "Kod: 123456", "links": []},
    {"id": "2", "kind": "email", "text": "Kod: 654321", "links": []},
]


@dataclass
class Seller:
    """A chat of a few steps: each answer leads on to the next."""

    heard: list[str] = field(default_factory=list[str])

    @property
    def _buttons(self) -> list[dict[str, str]]:
        return [{"payload": payload, "title": payload} for payload in STEPS[len(self.heard)][3]]

    def _drawn(self) -> dict[str, Any]:
        return {"shown": STEPS[len(self.heard)][2], "buttons": self._buttons}

    def _talk(self) -> dict[str, Any]:
        (dialog, _, step), expects = STEPS[len(self.heard)][0].partition("."), STEPS[len(self.heard)][1]
        line = {"id": len(self.heard), "seq": len(self.heard) + 1, "author": "desk", "buttons": self._buttons}
        return {"lines": [line], "standing": {"dialog": dialog, "step": step, "expects": expects}}

    async def answer(self, route: Route) -> None:
        """Answer what the page or the player asks."""
        path = route.request.url.partition("//chat.test")[2].partition("?")[0]
        if path == "/said":
            self.heard.append(route.request.post_data or "")
        if path == "/chat":
            await route.fulfill(body=PAGE, content_type="text/html")
        else:
            await route.fulfill(json=self._talk() if path == "/webchat/history" else self._drawn())


async def played(chromium_path: str, journey: Journey) -> tuple[list[str], Player]:
    """What the seller heard from this customer."""
    seller = Seller()
    messages = httpx.MockTransport(lambda _: httpx.Response(200, json=MESSAGES))
    async with (
        browser(chromium_path, 390, touch=True) as context,
        httpx.AsyncClient(transport=messages, base_url="http://chat.test") as http,
    ):
        await context.route("**/*", seller.answer)
        customer = Player(journey, await context.new_page(), Sandbox(http))
        await customer.open("http://chat.test/chat")
        await customer.play(journey.ways)
    return seller.heard, customer


async def test_sheet_codes_and_one_press_for_both_papers(chromium_path: str) -> None:
    heard, customer = await played(chromium_path, FAKTURASMART)
    sheet = "email: anna.nowak@example.com\nphone: 512000999\ntax_number: 1234563218"
    assert heard == [sheet, "123456 654321", "terms_clauses:accept"]
    counts = customer.tally.counts()
    assert customer.tally.words_by_message()["about"] == 3, "what stands over the talk is read once"
    assert counts.taps == 6, "three fields, button, a code's field, a press; messages, letter's"
    assert counts.hand_taps == 11, "three fields, button, a code's field, a press; messages, letter's"
    assert (counts.decisions, counts.fields, counts.keys) == (3, 5, 22 + 9 + 10 + 12)


async def test_whoever_has_an_account_presses_so_beside_the_sheet(chromium_path: str) -> None:
    heard, _ = await played(chromium_path, NEW_PHONE.again(PASSWORD))
    assert heard[0] == "account:existing"
