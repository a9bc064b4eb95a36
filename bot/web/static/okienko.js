/**
 * `<okienko-chat>`: the desk's chat on another site. One file, no dependency, nothing of the page is touched.
 *
 *   <script src="https://desk.example/okienko.js" defer></script>
 *   <okienko-chat desk="https://desk.example" lang="pl" accent="#b45309" label="Porozmawiajmy"></okienko-chat>
 *
 * desk   the desk's address; without it, where this file comes from
 * lang   the first language (pl, it, en)
 * accent the colour, as #rrggbb
 * start  a start link's token
 * identity  a token by which this site says who its customer is; set anew when the element fires "okienko-identity"
 * label  the words on the button
 *
 * The chat itself is a frame of the desk's origin: neither page can look into the other. They exchange only
 * `{okienko: 1, kind, count, page, read, begun, words, identity, refused}`, checked for origin, source and shape on both sides. The desk must allow this site
 * (the profile's list of sites), else the browser refuses the frame: then the panel leads to the chat in a tab of its own.
 */
(() => {
  if (customElements.get("okienko-chat")) return;
  const source = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";
  const WORDS = {
    pl: { label: "Napisz do nas", close: "Zamknij", tab: "Otwórz rozmowę w nowej karcie", unread: "nieprzeczytane" },
    it: { label: "Scrivici", close: "Chiudi", tab: "Apri la conversazione in una nuova scheda", unread: "non letti" },
    en: { label: "Write to us", close: "Close", tab: "Open the conversation in a new tab", unread: "unread" },
    de: { label: "Schreiben Sie uns", close: "Schließen", tab: "Unterhaltung in einem neuen Tab öffnen", unread: "ungelesen" },
  };
  /** The seller's look, which the desk puts here. */
  const LOOK = { accent: "#f0a63a", accent_on: "#14203c", ink: "#14203c", paper: "#fffdf8", lintel: "#14203c", lintel_ink: "#fffdf8", corner: 12, logo: "" };
  const STYLE = `
    :host { all: initial; --accent: ${LOOK.accent}; --on: ${LOOK.accent_on}; color-scheme: light dark; }
    :host([hidden]) { display: none; }
    * { box-sizing: border-box; }
    .launcher {
      position: fixed; right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom)); z-index: 2147483000;
      display: flex; align-items: center; gap: 10px; min-height: 52px; padding: 0 20px 0 16px; border: 0; border-radius: 26px;
      background: var(--accent); color: var(--on); font: 600 16px/1.25 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; cursor: pointer;
      box-shadow: 0 2px 6px rgb(0 0 0 / .18), 0 10px 28px -8px rgb(0 0 0 / .35);
    }
    .launcher:focus-visible { outline: 3px solid ${LOOK.ink}; outline-offset: 3px; }
    .launcher svg, .launcher img { width: 24px; height: 24px; flex: none; object-fit: contain; }
    .badge { min-width: 22px; padding: 0 6px; border-radius: 11px; background: ${LOOK.lintel}; color: ${LOOK.lintel_ink}; font-size: 13px; line-height: 22px; text-align: center; }
    .panel {
      position: fixed; right: 16px; bottom: 84px; z-index: 2147483001; width: min(400px, calc(100vw - 32px));
      height: min(680px, calc(100vh - 108px)); border-radius: ${LOOK.corner}px; overflow: hidden; background: ${LOOK.lintel};
      box-shadow: 0 2px 6px rgb(0 0 0 / .18), 0 18px 48px -12px rgb(0 0 0 / .45); animation: rise .2s ease-out;
    }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    .apart { display: grid; align-content: center; justify-items: center; gap: 20px; height: 100%; padding: 24px; background: ${LOOK.paper}; color: ${LOOK.ink}; font: 16px/1.4 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; text-align: center; }
    .apart a { padding: 12px 20px; border-radius: 8px; background: var(--accent); color: var(--on); font-weight: 600; text-decoration: none; }
    .apart button { min-height: 44px; padding: 0 16px; border: 1px solid currentcolor; border-radius: 8px; background: none; color: inherit; font: inherit; cursor: pointer; }
    .apart :focus-visible { outline: 3px solid ${LOOK.ink}; outline-offset: 3px; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    [hidden] { display: none; }
    @media (max-width: 480px) { .panel { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; } }
    @media (prefers-reduced-motion: reduce) { .panel { animation: none; } }
  `;
  /** For so long a frame that has loaded may stay silent. */
  const PATIENCE_MS = 4000;
  /** For so long a site may take to make another token. */
  const NEW_TOKEN_MS = 5000;
  const GLYPH = "M4 5h16v11H11l-5 4v-4H4z";

  /** Black or white, whichever reads better on the colour (WCAG relative luminance). */
  const inkOn = (colour) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? LOOK.ink : "#ffffff";
  };

  class OkienkoChat extends HTMLElement {
    static observedAttributes = ["accent", "label", "lang", "identity"];
    #root = this.attachShadow({ mode: "open" });
    #launcher = document.createElement("button");
    #words = document.createElement("span");
    #badge = document.createElement("span");
    #panel = document.createElement("div");
    #frame = null;
    #loaded = false;
    #desk = null;
    #hear = (event) => this.#heard(event);
    #waits = "";
    #patience = 0;
    #apart = null;
    #told = null;
    #renewing = 0;
    #renewed = false;
    #key = (event) => event.key === "Escape" && this.#isOpen && this.close();

    constructor() {
      super();
      const sheet = new CSSStyleSheet(); // allowed by any Content-Security-Policy of the page around
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
      this.#launcher.type = "button";
      this.#launcher.className = "launcher";
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#badge.className = "badge";
      this.#badge.hidden = true;
      this.#panel.className = "panel";
      this.#panel.hidden = true;
      this.#launcher.append(sign(), this.#words, this.#badge);
      this.#launcher.addEventListener("click", () => (this.#isOpen ? this.close() : this.open()));
      this.#root.append(this.#launcher, this.#panel);
    }

    connectedCallback() {
      try {
        this.#desk = new URL(this.getAttribute("desk") || source || location.href);
      } catch {
        console.error("okienko-chat: the attribute desk is no address");
        return;
      }
      addEventListener("message", this.#hear);
      addEventListener("keydown", this.#key);
      this.#waits = text(this.#kept.waits);
      this.attributeChangedCallback();
      this.#takeUp();
    }

    disconnectedCallback() {
      removeEventListener("message", this.#hear);
      removeEventListener("keydown", this.#key);
      clearTimeout(this.#patience);
      clearTimeout(this.#renewing);
    }

    attributeChangedCallback(name) {
      if (name === "identity") return this.#identify();
      this.#words.textContent = this.#waits || this.getAttribute("label") || this.#text.label;
      const accent = this.#accent;
      if (!accent) return;
      for (const part of [this.#launcher, this.#panel]) {
        part.style.setProperty("--accent", accent);
        part.style.setProperty("--on", inkOn(accent));
      }
    }

    /**
     * Another customer, or none, has a chat of another frame; the same one's newer token is for a frame that asks for it.
     */
    #identify() {
      const identity = this.getAttribute("identity");
      if (!this.#frame) return;
      if (this.#renewing && identity) this.#tellIdentity(identity);
      else if (customerOf(identity) !== customerOf(this.#told)) this.#reload();
    }

    #reload() {
      this.#frame.remove();
      this.#frame = null;
      this.#loaded = false;
      this.#keep({ begun: false, waits: "", read: 0 });
      this.#wait(false, "");
      this.#count(0);
      clearTimeout(this.#patience);
      if (this.#isOpen || this.#told) this.#load(); // also for the desk to hear of a log-out
      this.#told = null;
    }

    /** @param {string|null} identity */
    #tellIdentity(identity) {
      clearTimeout(this.#renewing);
      this.#renewing = 0;
      this.#told = identity;
      this.#frame.contentWindow?.postMessage({ okienko: 1, kind: "identity", identity }, this.#desk.origin);
    }

    /** The token that the site gave was too old, or was used: the site makes another one, once, or there is nobody. */
    #renew() {
      if (this.#renewed) return this.#tellIdentity(null);
      this.#renewed = true;
      this.#renewing = setTimeout(() => this.#tellIdentity(null), NEW_TOKEN_MS);
      this.dispatchEvent(new CustomEvent("okienko-identity"));
    }

    /** Shows the chat; the frame is made when it is first wanted. */
    open() {
      if (!this.#desk) return;
      this.#show();
      this.#frame.focus();
    }

    #show() {
      if (!this.#frame) this.#load();
      this.#panel.hidden = false;
      this.#launcher.setAttribute("aria-expanded", "true");
      this.#count(0);
      this.#say("shown");
      this.#keepOpen(this.#page);
    }

    /**
     * On the next page of the site: open where it was open; on a phone, where it hides the page, only on the same one.
     * Who has begun to talk gets the frame in the background, to be told on the button what waits.
     */
    #takeUp() {
      const { begun, start } = this.#kept;
      const open = this.#openOn;
      const used = !this.hasAttribute("start") || this.getAttribute("start") === start; // a link isn't followed by itself
      if (open && (open === this.#page || !matchMedia("(max-width: 480px)").matches)) this.#show();
      else if (begun && used && this.#desk) (globalThis.requestIdleCallback ?? setTimeout)(() => this.isConnected && !this.#frame && this.#load());
    }

    /** Hides the chat; the conversation stays. */
    close() {
      this.#panel.hidden = true;
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#keepOpen(null);
      this.#launcher.focus();
    }

    get #page() {
      return location.pathname + location.search;
    }

    /** Of this site's own storage: nothing is told to the desk. @returns {{begun?: boolean, waits?: string, start?: string, read?: number}} */
    get #kept() {
      try {
        return JSON.parse(stored("localStorage", `okienko ${this.#desk.origin}`) ?? "{}") ?? {};
      } catch {
        return {};
      }
    }

    #keep(news) {
      store("localStorage", `okienko ${this.#desk.origin}`, JSON.stringify({ ...this.#kept, ...news }));
    }

    /** The page on which this tab has it open, or null. */
    get #openOn() {
      return stored("sessionStorage", `okienko ${this.#desk.origin}`);
    }

    #keepOpen(page) {
      store("sessionStorage", `okienko ${this.#desk.origin}`, page);
    }

    get #isOpen() {
      return !this.#panel.hidden;
    }

    get #text() {
      return WORDS[(this.getAttribute("lang") || document.documentElement.lang || "").slice(0, 2)] ?? WORDS.en;
    }

    get #accent() {
      const accent = this.getAttribute("accent") ?? "";
      return /^#[0-9a-fA-F]{6}$/.test(accent) ? accent : null;
    }

    #load() {
      const address = new URL("/chat", this.#desk);
      for (const name of ["lang", "start"]) if (this.hasAttribute(name) && this.#kept[name] !== this.getAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
      const alone = address.href;
      address.searchParams.set("embed", "1");
      if (this.hasAttribute("identity")) address.searchParams.set("identity", "1");
      if (this.#accent) address.searchParams.set("accent", this.#accent);
      this.#renewed = false;
      this.#frame = document.createElement("iframe");
      this.#frame.allow = "microphone"; // what the chat asks for at a press, and the browser asks the visitor
      this.#frame.title = this.getAttribute("label") || this.#text.label;
      this.#frame.addEventListener("load", () => {
        this.#loaded = true;
        clearTimeout(this.#patience);
        this.#patience = setTimeout(() => this.#leadAway(alone), PATIENCE_MS);
        this.#say("hello");
        if (this.#isOpen) this.#say("shown");
      });
      if (this.hasAttribute("start")) this.#keep({ start: this.getAttribute("start") });
      this.#frame.src = address.href;
      this.#panel.append(this.#frame);
    }

    /** Nothing in the frame answers: most often the browser has refused it, as the desk doesn't name this site. @param {string} href */
    #leadAway(href) {
      const embedders = `[brand].embedders of the desk's profile doesn't name "${location.origin}": add it, and start the desk anew`;
      console.error(`okienko-chat: no chat answers from ${this.#desk.origin}. Either the desk is down, or ${embedders}.`);
      const way = Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener", textContent: this.#text.tab });
      const close = Object.assign(document.createElement("button"), { type: "button", textContent: this.#text.close });
      close.addEventListener("click", () => this.close());
      this.#apart?.remove();
      this.#apart = document.createElement("div");
      this.#apart.className = "apart";
      this.#apart.append(way, close);
      this.#frame.hidden = true;
      this.#panel.append(this.#apart);
    }

    /** It answers, if late. */
    #answers() {
      clearTimeout(this.#patience);
      this.#apart?.remove();
      this.#frame.hidden = false;
    }

    /** The page's address goes along, so that the desk's own pages lead back here. @param {string} kind */
    #say(kind) {
      // Until it has loaded the frame isn't of the desk's origin yet, and nobody listens in it.
      if (this.#loaded) this.#frame?.contentWindow?.postMessage({ okienko: 1, kind, page: location.href, read: this.#kept.read }, this.#desk.origin);
    }

    /** @param {MessageEvent} event */
    #heard(event) {
      if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== this.#desk.origin) return;
      const said = event.data;
      if (typeof said !== "object" || said === null || said.okienko !== 1) return;
      this.#answers();
      if (said.kind === "close") this.close();
      if (said.kind === "identity" && said.refused === true) this.#renew();
      else if (said.kind === "identity") this.#tellIdentity(this.getAttribute("identity"));
      if (said.kind === "waits") this.#wait(said.begun === true, text(said.words));
      if (said.kind === "read" && Number.isInteger(said.count)) this.#keep({ read: said.count });
      if (said.kind === "unread" && Number.isInteger(said.count)) this.#count(this.#isOpen ? 0 : said.count);
      if (said.kind === "unread" && this.#isOpen && said.count > 0) this.#say("shown");
    }

    /** What the button says while something waits: in the talk's own language. @param {boolean} begun @param {string} words */
    #wait(begun, words) {
      this.#waits = words;
      this.#keep({ begun, waits: words });
      this.attributeChangedCallback();
      this.#launcher.toggleAttribute("data-waits", words !== "");
    }

    /** @param {number} n */
    #count(n) {
      this.#badge.hidden = n === 0;
      this.#badge.textContent = n > 9 ? "9+" : String(n);
      this.#badge.setAttribute("aria-label", `${n} ${this.#text.unread}`);
    }
  }

  /** The customer whom a token names, as far as this page can tell: the desk proves it. @param {string|null} token */
  function customerOf(token) {
    try {
      return token && JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
    } catch {
      return token;
    }
  }

  /** Short words, or none. @param {unknown} words */
  const text = (words) => (typeof words === "string" ? words.slice(0, 40) : "");

  /** A browser may refuse storage; then the button forgets. @param {string} kind @param {string} name */
  function stored(kind, name) {
    try {
      return globalThis[kind].getItem(name);
    } catch {
      return null;
    }
  }

  /** @param {string} kind @param {string} name @param {string|null} value */
  function store(kind, name, value) {
    try {
      if (value === null) globalThis[kind].removeItem(name);
      else globalThis[kind].setItem(name, value);
    } catch {
      // Then each page begins anew.
    }
  }

  /** The seller's logo where there is one and the page's policy allows pictures of its own, else a speech bubble. */
  function sign() {
    if (!LOOK.logo) return glyph();
    const logo = Object.assign(new Image(), { alt: "", onerror: () => logo.replaceWith(glyph()) });
    logo.src = `data:image/svg+xml,${encodeURIComponent(LOOK.logo)}`;
    return logo;
  }

  function glyph() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (const [name, value] of Object.entries({ d: GLYPH, fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round" })) path.setAttribute(name, value);
    svg.append(path);
    return svg;
  }

  customElements.define("okienko-chat", OkienkoChat);
})();
