/** The web chat: ties the transcript, the outbox and the stream to the page. */
import { byId, embedded } from "../dom.js";
import { beChat } from "../beside.js";
import { Act } from "./act.js";
import { Api, Refusal } from "./api.js";
import { Composer, isTyped, LONGEST } from "./composer.js";
import { Frame } from "./frame.js";
import { Header } from "./header.js";
import { Log } from "./log.js";
import { offerMicrophone } from "./microphone.js";
import { Onward } from "./onward.js";
import { Outbox } from "./outbox.js";
import { Resend } from "./resend.js";
import { Seen } from "./seen.js";
import { Reading } from "./reading.js";
import { plainWords } from "./slip.js";
import { Places } from "./places.js";
import { Stream } from "./stream.js";
import { asksForWords, inCard, toggles, Transcript } from "./transcript.js";
import { Tray } from "./tray.js";
import { boundAt } from "./waking.js";
import { Wishes } from "./wishes.js";
import { current, speak, t } from "./words.js";

const OFFLINE_AFTER_MS = 2000;
const UNHEARD_MS = 5000; // what isn't acknowledged by then may be in a tunnel
const GONE_PAUSE_MS = 2000;
const ANSWER_MS = 4000; // an acknowledged message is answered at once or, in a burst, with the last one's answer
const TYPING_AFTER_MS = 400; // most answers are there before
const TYPED_NEXT = /^(edit:(email|phone|tax_number|discount|company_name|street|postal_code|city)|account:new|start:sign_up|contact_channel:\w+)$/;
const LOG_OUT = /^zone:log_out/;
const START_TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

class Chat {
  transcript = new Transcript();
  api = new Api();
  seen = new Seen((seq) => this.api.post("/webchat/seen", { seq }));
  frame = new Frame(() => this.draw());
  wishes = new Wishes();
  reading = new Reading(this.api);
  acts = {
    press: (button, line, control) => this.order(button, line, control),
    wish: (wish) => this.wish(wish),
    hold: (line, form) => this.log.hold(line, form),
    chosen: (row, choice) => this.wishes.chosen(row, choice),
    say: (text) => this.sayQuietly(text),
    read: (line) => this.reading.heard(line),
  };
  log = new Log(this.transcript, this.acts);
  act = new Act(this.acts, () => this.followed());
  onward = new Onward();
  header = new Header((command) => this.command(command));
  places = new Places(() => this.log.fit());
  tray = new Tray((button, line) => this.press(button, line), this.acts, (text) => this.say(text, this.seen.now()), (name, value) => this.api.post("/webchat/field", { name, value }), () => this.places.arrange());
  resend = new Resend();
  composer = new Composer(
    (text, seen) => {
      this.say(text, seen);
      this.onward.talks = true;
    },
    () => this.tooLong(),
    () => void this.api.post("/webchat/typing", {}).catch(() => {}),
    () => this.seen.now(),
    (code) => this.payBy(code),
  );
  /** Lines of the customer's that the stream brought while an acknowledgement is due: perhaps ours. */
  held = [];
  machine = false;
  answerDue = false;
  /** What had been said when the customer last answered: a question asked since then waits for an answer of its own. */
  answeredAt = 0;
  answerTimer = 0;
  typingTimer = 0;
  /** Whether the customer's last act was a press, so that a question for words may have the focus. */
  pressed = false;
  resumed = false;
  offlineTimer = 0;
  unheardTimer = 0;
  /** Whether the desk has a conversation of this visitor; until then the page shows what it would begin with. */
  begun = false;
  /** Other tabs of this browser, which hear that it has begun. */
  others = new BroadcastChannel("okienko.chat");
  wasOffline = false;

  constructor() {
    this.outbox = new Outbox(this.api, {
      queued: (item) => this.queued(item),
      waiting: (item, problem) => this.unsent(item, problem),
      through: (item, answer) => this.through(item, answer.line),
      refused: (item, problem) => this.refused(item, problem),
    });
    offerMicrophone({ send: (sound, seen) => this.speak(sound, seen), seen: () => this.seen.now(), tell: (words) => this.notice(words), recording: (on) => this.reading.recording(on) });
    addEventListener("offline", () => this.lost());
    addEventListener("online", () => this.outbox.empty && this.found(t("online"))); // else once it is through
    addEventListener("pageshow", (event) => event.persisted && void this.ask()); // a page from the browser's memory is of before
    this.others.addEventListener("message", () => this.begun || this.stream.follow("0.0"));
    this.stream = new Stream(this.api, {
      message: (line) => this.heard(line),
      standing: (standing) => this.stand(standing),
      typing: (on, by) => this.working(on, by),
      connected: (on) => this.connected(on),
      gone: () => setTimeout(() => this.ask(), GONE_PAUSE_MS),
    });
  }

  /** Shows what the page came with; where that says nothing, asks. */
  begin() {
    const talk = embedded("talk");
    const { identity } = byId("window").dataset; // the site around says first whose chat it is
    if (identity) import(identity).then((module) => module.begin(this));
    else if (talk && !(this.api.token && (talk.greeting || !talk.standing))) this.load(talk);
    else void this.ask();
  }

  /** Loads what there is; somebody new is greeted. */
  async ask() {
    for (let pause = 1; ; pause = Math.min(pause * 2, 15)) {
      try {
        await this.api.begin();
        const talk = await this.api.get("/webchat/history");
        this.load(talk.standing === null && !startToken() ? await this.api.get(`/webchat/opening?lang=${current()}`) : talk);
        break;
      } catch (problem) {
        const passing = !(problem instanceof Refusal) || problem.passing;
        this.lost(t(passing ? "offline" : "ended"));
        if (!passing) return;
        await new Promise((resolve) => setTimeout(resolve, pause * 1000));
      }
    }
  }

  /** @param {{lines: import("./transcript.js").Line[], standing: any, cursor: string, greeting?: boolean}} talk */
  load(talk) {
    this.found();
    this.begun = talk.standing !== null && !talk.greeting;
    this.transcript.lines = [];
    this.log.clear();
    for (const line of talk.lines) {
      this.transcript.add(line);
      this.seen.drawn(line);
      this.log.show(line, false);
      if (this.begun) this.frame.heard(line);
    }
    this.tray.awake = true;
    this.stand(talk.standing);
    this.tray.awake = false;
    this.working(talk.standing?.expects === "wait");
    this.log.drawn();
    this.start(talk.standing === null);
    if (!this.resumed) this.outbox.resume();
    if (!this.outbox.empty) this.onward.talks = true;
    this.resumed = true;
    if (this.begun) this.stream.follow(talk.cursor);
  }

  /** A start link is a message of its own; so is the start where there was no greeting to be shown. @param {boolean} unseen */
  start(unseen) {
    const token = startToken();
    if (token) this.outbox.text(`/start ${token}`, { id: `start:${token}`, quiet: true, locale: current() });
    else if (unseen) this.outbox.text("/start", { id: "start", quiet: true, locale: current() });
    const address = new URL(location.href);
    if (!address.searchParams.has("start")) return;
    address.searchParams.delete("start"); // it is a key: it needn't stay in the address bar
    history.replaceState(null, "", address);
  }

  /** @param {string} text @param {number} [seen] the last line that had been read when this was written */
  say(text, seen) {
    this.notice("");
    this.outbox.text(text, { label: plainWords(text), locale: current(), seen, greeted: !this.begun });
  }

  /** @param {Blob} sound @param {number} seen the last line that had been read when the recording began */
  speak(sound, seen) {
    this.notice("");
    this.outbox.voice(sound, { label: t("voice_message"), locale: current(), seen, greeted: !this.begun });
  }

  /** The code of a bank's app: sent once, and kept nowhere. @param {string} code */
  async payBy(code) {
    this.notice("");
    const sent = this.api.post("/webchat/code", { code, terms: true });
    await sent.catch(() => this.notice(t("code_unsent")));
    return sent;
  }

  /** A command of the menu: the open question's own button where it has one. @param {string} command */
  command(command) {
    const open = this.transcript.open();
    const button = open?.buttons.find((known) => known.payload === command);
    if (open && button) this.press(button, open);
    else this.say(command);
  }

  /** A code typed in a card's field: the card shows what becomes of it. @param {string} text */
  sayQuietly(text) {
    this.notice("");
    this.outbox.text(text, { quiet: true, locale: current(), seen: this.seen.now(), greeted: !this.begun });
  }

  /** @param {import("./transcript.js").Button} button @param {import("./transcript.js").Line} line */
  press(button, line) {
    this.notice("");
    this.pressed = true;
    this.tray.ticked = toggles(button);
    if (LOG_OUT.test(button.payload)) this.composer.forget();
    if (TYPED_NEXT.test(button.payload) && matchMedia("(pointer: coarse)").matches) byId("input").focus({ preventScroll: true }); // later iOS opens no keyboard
    const quiet = toggles(button) || inCard(line).has(button.payload);
    this.outbox.press(button.payload, line.seq, { label: button.title, quiet, ...(!this.begun && { greeted: true, locale: current() }) });
  }

  /** What is ordered is what the card says: never while that may still change. @param {import("./transcript.js").Button} button @param {import("./transcript.js").Line} line @param {Element} control */
  order(button, line, control) {
    if (this.busy() || !this.wishes.empty) return;
    boundAt(control);
    this.press(button, line);
  }

  /** @param {import("./wishes.js").Wish} wish */
  wish(wish) {
    this.wishes.add(wish);
    this.draw();
  }

  /** The customer goes to one of our pages: what comes of it is wanted in view, and answered at once. */
  followed() {
    this.pressed = true;
    this.log.acted();
  }

  /** Whether an answer is on its way to what was pressed last. */
  busy() {
    const open = this.transcript.open();
    return (this.answerDue || !this.outbox.empty) && !(open !== null && open.id > this.answeredAt);
  }

  /** The question whose button an item is. @param {import("./outbox.js").Item} item */
  asked(item) {
    const { payload, asked_at: seq } = item.body;
    return typeof payload === "string" ? this.transcript.lines.find((line) => line.seq === seq) : undefined;
  }

  queued(item) {
    this.log.acted();
    if (!item.id.startsWith("start")) this.onward.acted(this.transcript);
    const asked = this.asked(item);
    if (asked && !item.quiet) this.log.press(asked, String(item.body.payload), "");
    else if (!item.quiet) this.log.echo(item);
    if (!asked) this.pressed = false;
    this.answeredAt = this.transcript.lines.at(-1)?.id ?? 0;
    this.answerDue = true;
    clearTimeout(this.unheardTimer);
    this.unheardTimer = setTimeout(() => this.outbox.empty || this.lost(), UNHEARD_MS);
    this.draw();
  }

  unsent(item, problem) {
    this.failed(item, "waiting");
    if (problem.status === 0) this.lost();
    else if (problem.status === 429) this.notice(problem.text ?? t("too_many"));
    else if (problem.status >= 500) this.notice(t("not_now"));
    this.draw();
  }

  refused(item, problem) {
    this.failed(item, "refused");
    this.wishes.clear();
    if (item.sound) this.notice(t("recording_refused"));
    else if (problem.status === 413) this.tooLong();
    this.answerDue = false;
    this.release();
  }

  tooLong() {
    this.notice(t("too_long", { most: LONGEST }));
  }

  /** @param {import("./outbox.js").Item} item @param {"waiting"|"refused"} state */
  failed(item, state) {
    const asked = this.asked(item);
    if (asked) this.log.press(asked, String(item.body.payload), state);
    else this.log.unsent(item, state);
  }

  /** @param {import("./outbox.js").Item} item @param {import("./transcript.js").Line|null} line */
  through(item, line) {
    if (this.wasOffline) this.found();
    else if (byId("notice").textContent) this.notice("");
    clearTimeout(this.unheardTimer);
    if (!this.begun) this.others.postMessage("begun");
    this.begun = true;
    const asked = this.asked(item);
    if (asked) this.log.pressStored(asked);
    this.log.settle(item, line);
    if (line) this.transcript.add(line);
    this.release();
    clearTimeout(this.answerTimer);
    this.answerTimer = setTimeout(() => this.answered(), ANSWER_MS);
    this.stream.follow(this.stream.cursor || "0.0");
  }

  answered() {
    this.answerDue = !this.outbox.empty;
    this.draw();
  }

  /** @param {import("./transcript.js").Line} line */
  heard(line) {
    if (line.author === "customer" && !this.outbox.empty) {
      this.held.push(line);
      return;
    }
    this.begun = true;
    const greeting = this.transcript.greeting(line);
    if (greeting) {
      this.log.adopt(greeting, line);
      this.answeredAt ||= line.id;
      this.draw();
      return;
    }
    if (!this.transcript.add(line)) return;
    if (line.author === "customer" && !this.transcript.hides(line)) this.onward.talks = true; // said elsewhere
    this.seen.drawn(line);
    this.log.show(line, true, !this.outbox.empty);
    if (line.author !== "customer") {
      this.answerDue = false;
    }
    this.frame.heard(line);
    this.draw();
  }

  /** Nothing is on its way any more: what the stream brought meanwhile can be told apart from our own. */
  release() {
    if (this.outbox.empty) for (const line of this.held.splice(0)) this.heard(line);
    this.draw();
  }

  stand(standing) {
    const before = this.transcript.standing?.step;
    this.transcript.standing = standing;
    if (standing) speak(standing.locale);
    this.resend.stand(standing?.codes ?? []);
    this.composer.awaits(standing?.codes ?? [], standing?.docked ?? [], standing?.seq ?? 0, standing?.expects ?? "", standing?.mode ?? "bot", standing?.links ?? []);
    this.reading.draw();
    this.frame.stands(standing, this.begun);
    this.draw();
    if (this.pressed && standing?.step !== before) this.handOver();
    this.onward.follow(this.transcript);
  }

  /** @param {boolean} on @param {string|null} [by] the agent who is writing */
  working(on, by = null) {
    this.machine = on;
    this.log.writes(by && t("agent_types", { name: by }));
    this.draw();
  }

  draw() {
    const { standing } = this.transcript;
    const open = this.transcript.open();
    const due = this.answerDue || !this.outbox.empty;
    const shown = open ?? (due ? this.tray.line : null); // the old answers stay, asleep, until the new ones come
    const busy = this.busy();
    if (this.outbox.empty && this.transcript.spokenSince(this.answeredAt)) this.wishes.answered(); // else it was to another tab
    if (standing?.mode === "agent") this.wishes.clear();
    const another = shown?.id !== this.tray.line?.id;
    this.header.show(standing);
    const way = this.transcript.way();
    this.log.refresh(shown, way?.link.href);
    const pending = busy || !this.wishes.empty;
    this.places.below(way !== null);
    this.act.show(shown, this.transcript.boxed ? null : way, standing?.step ?? "", pending);
    this.log.fit();
    const sheet = shown ? standing?.sheet ?? null : null;
    this.tray.show(shown, pending, standing?.expects ?? "", sheet);
    this.resend.draw();
    this.composer.expect(sheet ? "" : standing?.expects ?? "", standing?.mode ?? "bot", standing ? `${standing.dialog}.${standing.step}` : "");
    this.showTyping(standing?.mode === "agent");
    if (another && open && this.pressed && asksForWords(open)) this.giveInput();
    if (!busy && !this.wishes.empty && open) this.goOn(open);
  }

  /** @param {boolean} silent an agent has the talk */
  showTyping(silent) {
    clearTimeout(this.typingTimer);
    const written = this.answerDue && !this.wishes.inCard;
    const shows = () => this.log.typing(!silent && !this.wasOffline && (this.machine || written), this.machine ? t("working") : t("typing"));
    if (written && !this.machine) this.typingTimer = setTimeout(shows, TYPING_AFTER_MS);
    else shows();
  }

  /** Whoever has pressed and is asked for words goes on by typing; anybody else sees the whole page. */
  handOver() {
    const input = byId("input");
    const open = this.transcript.open();
    if (open && this.transcript.standing?.sheet) return this.tray.giveFields();
    if (this.transcript.boxed || isTyped(this.transcript.standing?.expects ?? "") || (open && asksForWords(open))) this.giveInput();
    else if (document.activeElement === input && matchMedia("(pointer: coarse)").matches && !input.value) input.blur();
  }

  giveInput() {
    const free = document.activeElement === document.body || Boolean(document.activeElement?.closest(".counter"));
    if (free) this.composer.field.focus({ preventScroll: true });
  }

  /** Sends what was pressed meanwhile, if it is still to be pressed. @param {import("./transcript.js").Line} open */
  goOn(open) {
    const next = this.wishes.next(open);
    boundAt(null);
    if (next) this.press(next, open);
    else if (this.wishes.empty) this.draw();
  }

  /** @param {boolean} on */
  connected(on) {
    if (on) {
      clearTimeout(this.offlineTimer);
      this.offlineTimer = 0;
      if (this.wasOffline) this.found(t("online"));
      this.outbox.hurry();
      return;
    }
    // From the first break on: attempts that fail in between don't begin the count anew.
    this.offlineTimer ||= setTimeout(() => this.lost(), OFFLINE_AFTER_MS);
  }

  /** The desk can't be reached: said at once, and nothing looks as if an answer were being written. */
  lost(words = t("offline")) {
    this.wasOffline = true;
    this.notice(words);
    this.draw();
  }

  /** It can be reached again. @param {string} [words] */
  found(words = "") {
    if (!this.wasOffline) return;
    this.wasOffline = false;
    this.notice(words, words ? 3000 : 0);
    this.draw();
  }

  /** @param {string} words @param {number} [ms] */
  notice(words, ms) {
    const notice = byId("notice");
    notice.textContent = words;
    if (ms) setTimeout(() => notice.textContent === words && (notice.textContent = ""), ms);
  }
}

/** The start link's token, where the address has one. */
function startToken() {
  const token = new URL(location.href).searchParams.get("start") ?? "";
  return START_TOKEN.test(token) ? token : "";
}

beChat();
new Chat().begin();
