// One variant, looked at closely: view, compare, pins, words, forms. On its own page, and over the grid (review.js).
const mark = document.querySelector('meta[name="mark"]')?.content ?? "";

/** Send a form to our own server. Answers { ok, said, ... } whatever happens. */
export async function post(url, data) {
  try {
    const answer = await fetch(url, { method: "POST", body: data, keepalive: true, headers: { "X-Mark": mark, Accept: "application/json" } });
    if (answer.headers.get("content-type")?.includes("json")) return { ok: answer.ok, ...(await answer.json()) };
    if (answer.redirected) return { ok: false, said: "You were signed out. Sign in again in another tab, then repeat it." };
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { ok: false, said: page.querySelector(".lead")?.textContent || "That did not work." };
  } catch {
    return { ok: false, away: true, said: "The server does not answer. Check the connection, then repeat it." };
  }
}

/** Tell people who see the page and people who do not: in the dialog that is open, else on the page. */
export function tell(text, tone = "") {
  const live = document.querySelector("dialog[open] [aria-live]") || document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
  let toast = document.getElementById("toast");
  if (!toast) { toast = Object.assign(document.createElement("p"), { id: "toast", className: "toast" }); toast.setAttribute("aria-hidden", "true"); }
  const place = document.querySelector("dialog.focusing[open]") || document.body;
  if (toast.parentElement !== place) place.append(toast);
  toast.textContent = text; toast.dataset.tone = tone; toast.hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { toast.hidden = true; }, tone === "bad" ? 6000 : 2600);
}

/** Whether an element takes letters: no key of ours may be taken from it. */
export const writes = (el) => el.closest?.('textarea, select, input:not([type="checkbox"], [type="range"]), [contenteditable]');

/** Ask why something is rejected: a digit, a choice, or own words. Resolves to the reason, or to null. */
export function askWhy() {
  const dialog = document.getElementById("why"), own = document.getElementById("why-own");
  const buttons = [...dialog.querySelectorAll("[data-reason]")];
  const came = document.activeElement;
  return new Promise((resolve) => {
    let reason = null;
    const over = new AbortController(), { signal } = over;
    const choose = (text) => { reason = text; dialog.close(); };
    for (const b of buttons) b.addEventListener("click", () => choose(b.dataset.reason), { signal });
    dialog.querySelector("form").addEventListener("submit", (e) => {
      if (e.submitter?.value !== "no" && own.value.trim()) reason = own.value.trim();
    }, { signal });
    dialog.addEventListener("keydown", (e) => {
      e.stopPropagation();
      if (e.ctrlKey || e.metaKey || e.altKey || document.activeElement === own) return;
      const at = buttons.indexOf(document.activeElement);
      if (/^[1-9]$/.test(e.key) && buttons[e.key - 1]) { e.preventDefault(); choose(buttons[e.key - 1].dataset.reason); }
      else if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); buttons[(at + (e.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length].focus(); }
      else if (e.key.length === 1 && e.key !== " ") own.focus();
    }, { signal });
    dialog.addEventListener("close", () => { over.abort(); came?.focus?.({ preventScroll: true }); resolve(reason); }, { signal });
    own.value = "";
    dialog.showModal();
    buttons[0].focus();
  });
}

/** What stands in the focus view. `hooks`: reload() shows it anew, decide(verdict) overrides its own deciding. */
export class Focus {
  constructor(article, hooks) {
    this.article = article; this.hooks = hooks; this.data = article.dataset;
    this.stage = article.querySelector(".stage"); this.work = article.querySelector(".work");
    this.old = [...article.querySelectorAll(".versions [data-blob]:not([data-stands])")][0];
    this.button = article.querySelector("[data-compare]");
    if (this.button && this.old) { this.button.hidden = false; this.button.addEventListener("click", () => this.compare()); }
    article.querySelector("[data-pin]")?.addEventListener("click", () => this.pin());
    this.work?.addEventListener("click", (e) => this.placed(e));
    article.querySelector("#cut")?.addEventListener("input", (e) => this.stage.style.setProperty("--cut", `${e.target.value}%`));
    for (const area of article.querySelectorAll(".words textarea")) this.counted(area);
    article.addEventListener("submit", (e) => this.submitted(e));
    article.addEventListener("click", (e) => this.toComment(e));
  }

  get piece() { return this.article.querySelector("#piece"); }
  get dirty() { return [...this.article.querySelectorAll(".words textarea, .say textarea")].some((a) => a.value !== a.defaultValue); }

  // ---------------------------------------------------------------- words
  counted(area) {
    const count = area.closest(".field").querySelector(".count"), { count: limit, hard } = count.dataset;
    const show = () => {
      const n = [...area.value].length;
      count.textContent = limit ? `${n} of ${limit}` : area.value === area.defaultValue ? "" : `${n}`;
      count.classList.toggle("over", Boolean(limit) && n > Number(limit));
      count.classList.toggle("far", Boolean(hard) && n > Number(hard));
    };
    area.addEventListener("input", show);
    area.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); area.form.requestSubmit(); }
      else if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); area.value = area.defaultValue; show(); this.article.focus({ preventScroll: true }); }
    });
    show();
  }

  faults(faults) {
    for (const old of this.article.querySelectorAll(".fault.now")) old.remove();
    for (const [name, text] of Object.entries(faults)) {
      const area = this.article.querySelector(`#t-${CSS.escape(name)}`);
      if (!area) continue;
      const told = Object.assign(document.createElement("p"), { className: "fault now", id: `w-now-${name}`, textContent: text });
      area.after(told); area.setAttribute("aria-invalid", "true"); area.setAttribute("aria-describedby", told.id);
    }
    this.article.querySelector("[aria-invalid]")?.focus();
  }

  // ---------------------------------------------------------------- forms
  async submitted(event) {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    if (form.matches("[data-verdict-form]")) {
      const data = new FormData(form, event.submitter);
      return this.decide(data.get("verdict"), data.get("reason"), data.get("comment"));
    }
    const button = event.submitter;
    if (form.dataset.ask && button?.value === "plate" && !confirm(form.dataset.ask)) return undefined;
    const data = new FormData(form, button);
    if (button) button.disabled = true;
    const answer = await post(form.action, data);
    if (button) button.disabled = false;
    tell(answer.said, answer.ok ? "" : "bad");
    if (answer.ok) {
      for (const a of form.querySelectorAll("textarea")) a.defaultValue = a.value;
      this.article.focus({ preventScroll: true });  // keys decide again
      this.hooks.reload();
    }
    else this.faults(answer.faults ?? {});
    return undefined;
  }

  async decide(verdict, reason = "", comment = "") {
    if (!this.data.may || this.data.state !== "ready") return tell("It cannot be decided on now.", "bad");
    if (verdict === "approved" && this.data.verdict === "fail") return tell("A check failed: it cannot be approved.", "bad");
    if (verdict === "rejected" && !reason) { reason = await askWhy(); if (reason === null) return undefined; }
    if (this.hooks.decide) return this.hooks.decide(verdict, reason, comment);
    const data = new FormData();
    for (const [k, v] of Object.entries({ v: `${this.data.cell}:${this.data.version}:${this.data.review}`, verdict, reason, comment })) data.set(k, v);
    const answer = await post(`/batches/${this.data.batch}/review/decide`, data);
    tell(answer.said, answer.ok && !Object.keys(answer.refused ?? {}).length ? "" : "bad");
    return this.hooks.reload();
  }

  // ---------------------------------------------------------------- view
  toggle(id) { const box = this.article.querySelector(`#${id}`); if (box) { box.checked = !box.checked; this.centred(); } }

  centred() {
    if (this.article.querySelector("#actual")?.checked) { this.stage.scrollLeft = (this.stage.scrollWidth - this.stage.clientWidth) / 2; this.stage.scrollTop = 0; }
  }

  compare() {
    if (!this.old) return tell("There is one version only.");
    const on = this.stage.classList.toggle("comparing");
    this.button.setAttribute("aria-pressed", String(on));
    this.article.querySelector("[data-cut]").hidden = !on;
    this.work.querySelector(".old")?.remove();
    if (on) {
      const film = this.old.dataset.blob.endsWith(".mp4");
      const old = Object.assign(document.createElement(film ? "video" : "img"), { className: "old", src: `/media/${this.old.dataset.blob}` });
      if (film) { old.muted = true; old.loop = true; this.piece.pause(); this.piece.currentTime = 0; } else old.alt = "";
      this.work.insertBefore(old, this.work.querySelector(".over-piece"));
      this.article.querySelector("#cut").focus();
      tell(`Version ${this.old.dataset.n} on the left.`);
    } else this.article.focus({ preventScroll: true });
    return undefined;
  }

  // ---------------------------------------------------------------- comments
  pin(on = !this.stage.classList.contains("pinning")) {
    const button = this.article.querySelector("[data-pin]");
    if (!button) return;
    this.stage.classList.toggle("pinning", on);
    button.setAttribute("aria-pressed", String(on));
    if (on) { this.article.querySelector("#c-text").focus({ preventScroll: true }); tell("Click the picture to place the pin, or just write."); }
  }

  placed(event) {
    if (!this.article.querySelector(".say") || event.target.closest(".pin") || (this.data.kind === "video" && !this.stage.classList.contains("pinning"))) return;
    if (!this.stage.classList.contains("pinning") && this.piece.tagName === "VIDEO") return;
    const box = this.work.getBoundingClientRect(), say = this.article.querySelector(".say");
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    say.elements.x.value = x.toFixed(4); say.elements.y.value = y.toFixed(4);
    this.article.querySelector("[data-pinned]").textContent = "with a pin";
    const svg = this.work.querySelector(".over-piece"), { width, height } = svg.viewBox.baseVal;
    svg.querySelector(".new-pin")?.remove();
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [k, v] of Object.entries({ class: "new-pin", cx: x * width, cy: y * height, r: Math.max(11, Math.min(width, height * 2.5) / 36) })) dot.setAttribute(k, v);
    svg.querySelector(".pins").append(dot);
    this.article.querySelector("#c-text").focus({ preventScroll: true });
  }

  toComment(event) {
    const pin = event.target.closest(".pin");
    if (!pin) return;
    event.preventDefault(); event.stopPropagation();
    const told = this.article.querySelector(pin.getAttribute("href"));
    told?.scrollIntoView({ block: "center" });
    told?.animate?.([{ background: "var(--sunk)" }, { background: "transparent" }], 1200);
  }

  // ---------------------------------------------------------------- keys
  /** A key that was pressed within the view. True: it was one of ours. */
  key(event) {
    const does = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does) return false;
    event.preventDefault();
    does(this);
    return true;
  }
}

const KEYS = {
  p: (f) => f.decide("approved"), x: (f) => f.decide("rejected"), r: (f) => f.decide("changes_requested"),
  " ": (f) => (f.piece?.tagName === "VIDEO" ? (f.piece.paused ? f.piece.play() : f.piece.pause()) : f.toggle("actual")),
  o: (f) => f.toggle("zones"), v: (f) => f.compare(), c: (f) => f.pin(),
  e: (f) => { const area = f.article.querySelector(".words textarea"); if (area) { area.focus(); area.select(); } else tell("Its words cannot be changed now."); },
  a: (f) => f.article.querySelector("[data-again]")?.click(),
};

/** Whether a key press is meant for us: no modifiers, no field, letters only where they are switched on. */
export function ours(event, keysOn) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writes(event.target)) return false;
  if (event.key === " " && event.target.closest("button, summary, input, a.button, video")) return false;
  return keysOn || event.key.length > 1;
}

// -------------------------------------------------------------------- its own page
function alone(article) {
  const reload = async () => {
    const answer = await fetch(location.pathname, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return location.reload();
    const held = document.activeElement?.id, page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("shown").replaceWith(document.adoptNode(page.getElementById("shown")));
    return start(held);
  };
  let focus;
  const start = (held) => {
    focus = new Focus(document.getElementById("shown"), { reload });
    (document.getElementById(held) || focus.article).focus({ preventScroll: true });
  };
  start();
  document.addEventListener("keydown", (e) => {
    if (document.querySelector("dialog[open]") || !focus.article.contains(e.target) || !ours(e, focus.data.keys === "on")) return;
    if (e.key === "?") document.getElementById("help").showModal();
    else if (e.key === "ArrowLeft" || e.key === "ArrowRight") { if (e.target.type !== "range") document.querySelector(`.near [rel="${e.key === "ArrowLeft" ? "prev" : "next"}"]`)?.click(); }
    else focus.key(e);
  });
  const stream = new EventSource(`/batches/${article.dataset.batch}/review/live?after=${article.dataset.seq}`);
  stream.addEventListener("cards", (e) => {
    const card = JSON.parse(e.data).find((c) => c.id === focus.data.cell);
    if (!card || focus.dirty) return;
    if (card.type === "comment" || String(card.version) !== focus.data.version || card.review !== focus.data.review || card.state !== focus.data.state) reload();
  });
}

const page = document.querySelector("main > .focus");
if (page) alone(page);
