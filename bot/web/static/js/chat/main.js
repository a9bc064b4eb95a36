/** The web chat: ties the transcript, the outbox and the stream to the page. */
import { byId } from "../dom.js";
import { Api, Refusal } from "./api.js";
import { Composer } from "./composer.js";
import { Frame } from "./frame.js";
import { Header } from "./header.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { Seen } from "./seen.js";
import { plainWords } from "./slip.js";
import { Stream } from "./stream.js";
import { toggles, Transcript } from "./transcript.js";
import { Tray } from "./tray.js";
import { current, speak, t } from "./words.js";

const OFFLINE_AFTER_MS = 2000;
const GONE_PAUSE_MS = 2000;
const ANSWER_MS = 4000; // an acknowledged message is answered at once or, in a burst, with the last one's answer
const START_TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

class Chat {
  transcript = new Transcript();
  seen = new Seen();
  api = new Api();
  frame = new Frame(() => this.draw());
  log = new Log(this.transcript);
  header = new Header((command) => this.say(command));
  tray = new Tray((button, line) => this.press(button, line));
  composer = new Composer(
    (text, seen) => this.say(text, seen),
    () => this.notice(t("too_long")),
    () => void this.api.post("/webchat/typing", {}).catch(() => {}),
    () => this.seen.now(),
  );
  /** Lines of the customer's that the stream brought while an acknowledgement is due: perhaps ours. */
  held = [];
  machine = false;
  answerDue = false;
  /** What had been said when the customer last answered: a question asked since then waits for an answer of its own. */
  answeredAt = 0;
  answerTimer = 0;
  resumed = false;
  offlineTimer = 0;
  wasOffline = false;

  constructor() {
    this.outbox = new Outbox(this.api, {
      queued: (item) => this.queued(item),
      waiting: (item, problem) => this.unsent(item, problem),
      through: (item, answer) => this.through(item, answer.line),
      refused: (item, problem) => this.refused(item, problem),
    });
    this.stream = new Stream(this.api, {
      message: (line) => this.heard(line),
      standing: (standing) => this.stand(standing),
      typing: (on) => this.working(on),
      connected: (on) => this.connected(on),
      gone: () => setTimeout(() => this.begin(), GONE_PAUSE_MS),
    });
  }

  /** Loads what there is; somebody new is greeted, once, whatever number of tabs is opened. */
  async begin() {
    for (let pause = 1; ; pause = Math.min(pause * 2, 15)) {
      try {
        await this.api.begin();
        const history = await this.api.get("/webchat/history");
        this.load(history);
        break;
      } catch (problem) {
        const passing = !(problem instanceof Refusal) || problem.passing;
        this.notice(t(passing ? "offline" : "ended"));
        this.wasOffline = true;
        if (!passing) return;
        await new Promise((resolve) => setTimeout(resolve, pause * 1000));
      }
    }
  }

  /** @param {{lines: import("./transcript.js").Line[], standing: any, cursor: string}} history */
  load(history) {
    if (this.wasOffline) this.notice("");
    this.wasOffline = false;
    this.transcript.lines = [];
    this.log.clear();
    for (const line of history.lines) {
      this.transcript.add(line);
      this.seen.drawn(line.seq);
      this.log.show(line, false);
    }
    this.stand(history.standing);
    this.working(history.standing?.expects === "wait");
    this.greet(history.standing === null);
    if (!this.resumed) this.outbox.resume();
    this.resumed = true;
    if (history.standing !== null) this.stream.follow(history.cursor);
  }

  /** @param {boolean} isNew */
  greet(isNew) {
    const address = new URL(location.href);
    const token = address.searchParams.get("start") ?? "";
    if (START_TOKEN.test(token)) this.outbox.text(`/start ${token}`, { id: `start:${token}`, quiet: true, locale: current() });
    else if (isNew) this.outbox.text("/start", { id: "start", quiet: true, locale: current() });
    if (token) {
      address.searchParams.delete("start"); // it is a key: it needn't stay in the address bar
      history.replaceState(null, "", address);
    }
  }

  /** @param {string} text @param {number} [seen] the last line that had been read when this was written */
  say(text, seen) {
    this.notice("");
    this.outbox.text(text, { label: plainWords(text), locale: current(), seen });
  }

  /** @param {import("./transcript.js").Button} button @param {import("./transcript.js").Line} line */
  press(button, line) {
    this.notice("");
    this.outbox.press(button.payload, line.seq, button.title, toggles(button));
  }

  queued(item) {
    if (!item.quiet) this.log.echo(item);
    this.answeredAt = this.transcript.lines.at(-1)?.id ?? 0;
    this.answerDue = true;
    this.draw();
  }

  unsent(item, problem) {
    this.log.unsent(item, "waiting");
    if (problem.status === 429) this.notice(t("too_many"));
    else if (problem.status >= 500) this.notice(t("not_now"));
    this.draw();
  }

  refused(item, problem) {
    this.log.unsent(item, "refused");
    if (problem.status === 413) this.notice(t("too_long"));
    this.answerDue = false;
    this.release();
  }

  /** @param {import("./outbox.js").Item} item @param {import("./transcript.js").Line|null} line */
  through(item, line) {
    if (byId("notice").textContent) this.notice("");
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
    if (!this.transcript.add(line)) return;
    this.seen.drawn(line.seq);
    this.log.show(line, true);
    if (line.author !== "customer") {
      this.answerDue = false;
      this.frame.heard();
    }
    this.draw();
  }

  /** Nothing is on its way any more: what the stream brought meanwhile can be told apart from our own. */
  release() {
    if (this.outbox.empty) for (const line of this.held.splice(0)) this.heard(line);
    this.draw();
  }

  stand(standing) {
    this.transcript.standing = standing;
    if (standing) speak(standing.locale);
    this.draw();
  }

  /** @param {boolean} on */
  working(on) {
    this.machine = on;
    this.draw();
  }

  draw() {
    const { standing } = this.transcript;
    const open = this.transcript.open();
    const silent = standing?.mode === "agent";
    this.header.show(standing);
    this.log.refresh(open);
    const due = this.answerDue || !this.outbox.empty;
    const asked = open !== null && open.id > this.answeredAt;
    this.tray.show(open ?? (due ? this.tray.line : null), due && !asked); // the old answers stay, asleep, until the new ones come
    this.composer.expect(standing?.expects ?? "", standing?.mode ?? "bot");
    const typing = !silent && (this.machine || (this.answerDue && !this.wasOffline));
    this.log.typing(typing, this.machine ? t("working") : t("typing"));
  }

  /** @param {boolean} on */
  connected(on) {
    if (on) {
      clearTimeout(this.offlineTimer);
      this.offlineTimer = 0;
      if (this.wasOffline) this.notice(t("online"), 3000);
      this.wasOffline = false;
      this.outbox.hurry();
      return;
    }
    // From the first break on: attempts that fail in between don't begin the count anew.
    this.offlineTimer ||= setTimeout(() => {
      this.wasOffline = true;
      this.notice(t("offline"));
      this.draw();
    }, OFFLINE_AFTER_MS);
  }

  /** @param {string} words @param {number} [ms] */
  notice(words, ms) {
    const notice = byId("notice");
    notice.textContent = words;
    if (ms) setTimeout(() => notice.textContent === words && (notice.textContent = ""), ms);
  }
}

new Chat().begin();
