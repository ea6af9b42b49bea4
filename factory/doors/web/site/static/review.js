// The review: a grid moved through by keys, decisions at once on the page and a moment later in the store, the focus view over it.
const { Focus, askWhy, ours, post, tell } = await import(document.getElementById("m-variant").href);

const root = document.getElementById("review"), grid = document.getElementById("grid"), bar = document.getElementById("picked");
const { batch } = root.dataset, keysOn = root.dataset.keys === "on", may = Boolean(root.dataset.may);
const VERDICTS = { approved: "Approved", rejected: "Rejected", changes_requested: "Changes asked", pending: "" };
const SAID = { approved: "approved", rejected: "rejected", changes_requested: "sent back for changes", pending: "open again" };

// -------------------------------------------------------------------- cards
const cardOf = (id) => document.getElementById(`c-${id}`);
const idOf = (card) => card.id.slice(2);
let known = null;
const cards = () => (known ??= [...grid.querySelectorAll(".card")]);
const linkOf = (card) => card.querySelector("a");
const whatOf = (card) => card.querySelector(".what").textContent;
let current = null;

/** Make a card the one that Tab leads to (roving tabindex), and go there. */
function stand(card, { focus = true, scroll = true } = {}) {
  if (!card) return;
  if (current && current !== card) linkOf(current).tabIndex = -1;
  current = card;
  linkOf(card).tabIndex = 0;
  if (!focus) return;
  linkOf(card).focus({ preventScroll: true });
  if (scroll) card.scrollIntoView({ block: "nearest" });
}

function rove(within) {
  for (const link of within.querySelectorAll(".card a")) link.tabIndex = -1;
  for (const box of within.querySelectorAll(".card input")) box.tabIndex = -1;
}

/** Show on a card how its variant stands: `facts` as the server tells them. */
function show(facts) {
  const card = cardOf(facts.id);
  if (!card) return;
  const was = card.dataset.review, ready = card.dataset.state === "ready";
  card.dataset.v = facts.version; card.dataset.state = facts.state; card.dataset.review = facts.review; card.dataset.verdict = facts.verdict;
  if (facts.open) card.dataset.open = facts.open; else delete card.dataset.open;
  card.querySelector(".mark").textContent = facts.mark;
  const img = card.querySelector("img"), src = facts.blob ? `/thumbs/${facts.blob}?w=320` : "";
  if (src && img?.getAttribute("src") !== src) swap(card, img, src);
  tick(card);
  const box = card.querySelector("input");
  if (box) box.disabled = facts.state !== "ready";
  if (was !== facts.review || ready !== (facts.state === "ready")) recount(card, ready ? was : "", facts.state === "ready" ? facts.review : "");
}

/** The new picture takes the old one's place once it is there: nothing flickers. */
function swap(card, img, src) {
  const next = new Image();
  next.alt = ""; next.src = src;
  const put = () => { if (card.querySelector("img") === img || !img) { if (img) img.replaceWith(next); else linkOf(card).prepend(next); card.classList.add("fresh"); setTimeout(() => card.classList.remove("fresh"), 1700); } };
  next.decode().then(put, put);
}

function tick(card) {
  const box = card.querySelector("input");
  if (box) box.value = `${idOf(card)}:${card.dataset.v}:${card.dataset.review}`;
}

function recount(card, from, to) {
  for (const place of [document.querySelector('[data-tally="all"]'), card.closest(".group").querySelector(".tally")]) {
    for (const [name, by] of [[from, -1], [to, 1]]) {
      const n = name && place?.querySelector(`[data-n="${name}"]`);
      if (n) n.textContent = Math.max(0, Number(n.textContent) + by);
    }
  }
  offered(card.closest(".group"));
  const done = document.getElementById("done"), decided = (r) => r && r !== "pending";
  done.value += Number(Boolean(decided(to))) - Number(Boolean(decided(from)));
}

// -------------------------------------------------------------------- deciding
const waiting = [], busy = new Map(), key = `undo:${batch}`;
let sending = false, undone = JSON.parse(sessionStorage.getItem(key) || "[]");
const keep = () => sessionStorage.setItem(key, JSON.stringify(undone.slice(-200)));

/** Show a decision at once, and let the store follow. */
function decide(list, verdict, reason = "", comment = "", { remember = true } = {}) {
  const items = list.filter((c) => c.dataset.state === "ready" && c.dataset.review !== verdict && !(verdict === "approved" && c.dataset.verdict === "fail"));
  const left = list.length - items.length;
  if (!items.length) { tell(list.length === 1 && list[0].dataset.verdict === "fail" && verdict === "approved" ? "A check failed: it cannot be approved." : list.length === 1 && list[0].dataset.state !== "ready" ? "It is not finished." : "That is decided already.", "bad"); return false; }
  const entry = { verdict, at: items.map((c) => ({ id: idOf(c), v: c.dataset.v, review: c.dataset.review, reason: "" })) };
  for (const c of items) {
    const was = c.dataset.review;
    c.dataset.review = verdict;
    c.querySelector(".mark").textContent = VERDICTS[verdict] || { warn: "Warning", fail: "Check failed" }[c.dataset.verdict] || "";
    recount(c, was, verdict); tick(c);
    busy.set(idOf(c), (busy.get(idOf(c)) ?? 0) + 1);
  }
  waiting.push({ verdict, reason, comment, entry });
  if (remember) { undone.push(entry); keep(); }
  tell(`${items.length === 1 ? whatOf(items[0]) : `${items.length} variants`} ${SAID[verdict]}.${left ? ` ${left} left as they are.` : ""}`);
  root.dataset.saved = "no";
  flush();
  return true;
}

/** One request after the other, so that the store keeps the order; equal decisions that wait go together. */
async function flush() {
  if (sending) return;
  sending = true;
  while (waiting.length) {
    const chunk = [waiting.shift()], ids = new Set(chunk[0].entry.at.map((a) => a.id));
    while (waiting.length && same(waiting[0], chunk[0]) && waiting[0].entry.at.every((a) => !ids.has(a.id)) && ids.size + waiting[0].entry.at.length <= 100) {
      const next = waiting.shift();
      chunk.push(next);
      for (const a of next.entry.at) ids.add(a.id);
    }
    await sent(chunk);
  }
  sending = false;
  root.dataset.saved = "yes";
}

const same = (a, b) => a.verdict === b.verdict && a.reason === b.reason && a.comment === b.comment;

async function sent(chunk) {
  const { verdict } = chunk[0], all = chunk.flatMap((one) => one.entry.at), data = new FormData();
  const reasons = new Set(chunk.map((one) => one.reason));
  data.set("verdict", verdict); data.set("reason", [...reasons][0]); data.set("comment", chunk[0].comment);
  data.set("seen", all.map((a) => `${a.id}:${a.v}:${a.review}`).join(" "));
  const answer = await post(`/batches/${batch}/review/decide`, data);
  for (const a of all) { const n = busy.get(a.id) - 1; if (n > 0) busy.set(a.id, n); else busy.delete(a.id); }
  if (!answer.ok) { tell(answer.said, "bad"); await truth(all.map((a) => a.id), all); forget(chunk); return; }
  for (const a of all) a.reason = answer.before?.[a.id]?.reason ?? "";
  const refused = Object.entries(answer.refused ?? {});
  for (const facts of answer.cards ?? []) show(facts);
  for (const one of chunk) one.entry.at = one.entry.at.filter((a) => !answer.refused?.[a.id]);
  forget([]);
  if (refused.length) tell(`${whatOf(cardOf(refused[0][0]))} ${refused[0][1]}.${refused.length > 1 ? ` ${refused.length - 1} more could not be decided.` : ""}`, "bad");
}

function forget(chunk) {
  const gone = new Set(chunk.map((one) => one.entry));
  undone = undone.filter((e) => !gone.has(e) && (e.at.length || e.also));
  keep();
}

/** What the store says of these; where it cannot be asked, what stood before. */
async function truth(ids, before = []) {
  try {
    const answer = await fetch(`/batches/${batch}/review/cards?${ids.slice(0, 200).map((i) => `c=${i}`).join("&")}`);
    for (const facts of await answer.json()) show(facts);
  } catch {
    for (const a of before) { const c = cardOf(a.id); if (c) { recount(c, c.dataset.review, a.review); c.dataset.review = a.review; c.querySelector(".mark").textContent = VERDICTS[a.review]; tick(c); } }
  }
}

/** The last decision of mine that still stands, taken back: what stood before stands again. */
function undo() {
  const entry = undone.pop();
  keep();
  if (!entry) return tell("There is nothing of yours to take back here.");
  const mine = entry.at.filter((a) => cardOf(a.id)?.dataset.review === entry.verdict && cardOf(a.id).dataset.v === a.v);
  const there = mine.map((a) => cardOf(a.id));
  const away = [...entry.at.filter((a) => !cardOf(a.id)), ...(entry.also ?? [])];
  if (away.length) backUnseen(away, entry.verdict);
  if (!mine.length) return away.length ? undefined : tell("It was changed since: there is nothing to take back.", "bad");
  for (const review of new Set(mine.map((a) => a.review))) {
    const some = mine.filter((a) => a.review === review);
    decide(some.map((a) => cardOf(a.id)), review, some[0].reason, "", { remember: false });
  }
  if (!view.open) stand(there[0]); else if (there.length === 1) view.look(there[0]);
  tell(`Taken back: ${there.length === 1 ? whatOf(there[0]) : `${there.length} variants`}.`);
  return undefined;
}

/** Decisions on variants that this page does not show (a filter, a page of cards), taken back in the store. */
async function backUnseen(away, verdict) {
  for (const review of new Set(away.map((a) => a.review))) {
    const some = away.filter((a) => a.review === review), data = new FormData();
    for (const [k, v] of Object.entries({ verdict: review, reason: some[0].reason, seen: some.map((a) => `${a.id}:${a.v}:${verdict}`).join(" ") })) data.set(k, v);
    const answer = await post(`/batches/${batch}/review/decide`, data);
    tell(answer.ok ? `Taken back, of variants that this page does not show: ${answer.said}` : answer.said, answer.ok ? "" : "bad");
  }
}

// -------------------------------------------------------------------- picking
let anchor = null;
const picked = () => [...grid.querySelectorAll(".card input:checked")].map((box) => box.closest(".card"));

function pick(list, on = true) {
  for (const c of list) { const box = c.querySelector("input"); if (box && !box.disabled) box.checked = on; }
  picking();
}

function picking() {
  const n = picked().length;
  root.classList.toggle("picking", n > 0);
  const count = document.getElementById("count");
  if (count) count.textContent = `${n} picked`;
}

function unpick() { anchor = null; pick(picked(), false); }

grid.addEventListener("change", picking);
bar?.addEventListener("submit", (e) => {
  e.preventDefault();
  act(e.submitter.value, picked(), document.getElementById("why-picked").value);
});

/** Decide on what is picked, or on the card at hand; a rejection asks why first. */
async function act(verdict, list = null, reason = "") {
  const chosen = picked(), several = list ?? (chosen.length && (!current || chosen.includes(current)) ? chosen : [current]);
  if (!may) return tell("Deciding is for reviewers.", "bad");
  if (!several[0]) return undefined;
  if (verdict === "rejected" && !reason) { reason = await askWhy(); if (reason === null) return undefined; }
  const one = several.length === 1;
  if (!decide(several, verdict, reason)) return undefined;
  if (!one) unpick();
  if (verdict !== "pending") onwards(one ? several[0] : several.at(-1));
  return undefined;
}

/** The next card that waits, if the switch says so. */
function onwards(card) {
  if (!document.getElementById("onward").checked) { if (!view.open) stand(card); return; }
  const all = cards(), at = all.indexOf(card);
  const next = all.slice(at + 1).find(waits) ?? all[at + 1] ?? card;
  if (view.open) view.look(next); else stand(next);
  if (all.length - at < 40) more();
}

const waits = (c) => c.dataset.review === "pending" && c.dataset.state === "ready";

// Whole ideas: the heading's forms, with what this page knows of their variants.
grid.addEventListener("submit", (e) => {
  const form = e.target.closest("[data-whole]");
  if (!form || !may) return;
  e.preventDefault();
  const data = new FormData(form, e.submitter), menu = form.closest("details");
  if (menu) menu.open = false;
  whole(form, data.get("verdict"), data.get("reason") ?? "");
});

/** What of an idea is open for one of its forms: cards `here`, and those `away` that this page has not loaded. */
function openOf(form) {
  const approves = !form.closest(".menu");
  return {
    here: [...form.closest(".group").querySelectorAll(".card")].filter((c) => waits(c) && !(approves && c.dataset.verdict === "fail")),
    away: form.elements.seen.value.split(/\s+/).filter(Boolean).map((s) => s.split(":")).filter(([id]) => !cardOf(id)),
  };
}

async function whole(form, verdict, reason) {
  const { here, away } = openOf(form), group = form.closest(".group");
  if (here.length) decide(here, verdict, reason);
  stand(here.at(-1) ?? current);
  if (!away.length) return;
  const data = new FormData();
  for (const [k, v] of Object.entries({ verdict, reason, seen: away.map((s) => `${s[0]}:${s[1]}:pending`).join(" ") })) data.set(k, v);
  for (const one of group.querySelectorAll("[data-whole]")) one.elements.seen.value = "";
  const unseen = away.map(([id, v]) => ({ id, v, review: "pending", reason: "" }));  // taken back together with those here
  if (here.length) undone.at(-1).also = unseen; else undone.push({ verdict, at: [], also: unseen });
  keep();
  offered(group);
  tell((await post(`/batches/${batch}/review/decide`, data)).said);
}

/** The forms say how many they are about, as cards change. */
const stale = new Set();
function offered(group) {
  if (!stale.size) queueMicrotask(() => { for (const one of stale) offer(one); stale.clear(); });
  if (group) stale.add(group);
}

function offer(group) {
  for (const form of group.querySelectorAll("[data-whole]")) {
    const { here, away } = openOf(form), n = here.length + away.length, menu = form.closest(".menu");
    if (menu) form.querySelector("p").textContent = `Reject ${n} open ${n === 1 ? "variant" : "variants"} of this idea because:`;
    else form.querySelector("button").textContent = n === 1 ? "Approve the open one" : `Approve all ${n} open`;
    (menu ?? form).hidden = !n;
  }
}

// -------------------------------------------------------------------- moving
function columns(list) { return getComputedStyle(list).gridTemplateColumns.split(" ").length; }

function neighbour(card, way) {
  const all = cards(), at = all.indexOf(card);
  if (way === "left" || way === "right") return all[at + (way === "left" ? -1 : 1)];
  const list = card.parentElement, own = [...list.children], width = columns(list), n = own.indexOf(card), col = n % width;
  const to = n + (way === "down" ? width : -width);
  if (own[to]) return own[to];
  if (way === "down" && Math.floor(n / width) < Math.floor((own.length - 1) / width)) return own.at(-1);
  const groups = [...grid.querySelectorAll(".cells")], next = groups[groups.indexOf(list) + (way === "down" ? 1 : -1)];
  if (!next) return null;
  const rest = [...next.children], last = Math.floor((rest.length - 1) / width) * width;
  return rest[Math.min((way === "down" ? 0 : last) + col, rest.length - 1)];
}

const WAYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", h: "left", l: "right", k: "up", j: "down" };

function move(way, range) {
  const next = way === "first" ? cards()[0] : way === "last" ? cards().at(-1) : neighbour(current, way);
  if (!next) return;
  if (range) {
    anchor ??= current;
    const all = cards(), [a, b] = [all.indexOf(anchor), all.indexOf(next)].sort((x, y) => x - y);
    pick(picked(), false);
    pick(all.slice(a, b + 1));
  } else if (picked().length) unpick();
  stand(next);
  if (cards().length - cards().indexOf(next) < 40) more();
}

// -------------------------------------------------------------------- keys
const DOES = {
  p: () => act("approved"), x: () => act("rejected"), r: () => act("changes_requested"), u: undo,
  e: () => view.look(current, "e"), c: () => view.look(current, "c"), v: () => view.look(current, "v"), o: () => view.look(current, "o"), " ": () => view.look(current), a: () => view.look(current, "a"),
  g: () => document.getElementById("grouping").click(), f: () => filter(), "?": () => document.getElementById("help").showModal(),
  Escape: () => unpick(), Home: () => move("first"), End: () => move("last"),
};

function filter() {
  const panel = document.getElementById("filters");
  panel.open = true;
  panel.scrollIntoView({ block: "nearest" });
  panel.querySelector("input:checked, input[type=checkbox]")?.focus();
}

document.addEventListener("keydown", (e) => {
  if (document.querySelector("#why[open], #help[open]") || !ours(e, keysOn)) return;
  if (view.open) { view.key(e); return; }
  if (!grid.contains(e.target) || !current) return;
  const name = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (e.target.closest(".whole") && (name.startsWith("Arrow") || name === " ")) return;
  const way = WAYS[name];
  if (way) { e.preventDefault(); move(way, e.shiftKey); } else if (DOES[name]) { e.preventDefault(); DOES[name](); }
});

grid.addEventListener("focusin", (e) => { const card = e.target.closest(".card"); if (card && card !== current) stand(card, { focus: false }); });
grid.addEventListener("click", (e) => {
  const link = e.target.closest(".card a");
  if (!link || e.ctrlKey || e.metaKey || e.button) return;
  e.preventDefault();
  const card = link.closest(".card");
  if (e.shiftKey && current) { const all = cards(), [a, b] = [all.indexOf(anchor ?? current), all.indexOf(card)].sort((x, y) => x - y); anchor ??= current; pick(all.slice(a, b + 1)); stand(card); } else view.look(card);
});

document.getElementById("filters").addEventListener("keydown", (e) => {
  if (e.key === "Escape") { e.preventDefault(); stand(current ?? cards()[0]); }
});

// -------------------------------------------------------------------- the focus view
const view = {
  dialog: document.getElementById("focus"), held: document.getElementById("held"), focus: null, card: null, asked: 0, near: new Map(),
  get open() { return this.dialog.open; },

  /** Show a card's variant large; `then` is a key to press when it is there. */
  async look(card, then = "", { push = true } = {}) {
    if (!card) return;
    if (this.focus?.dirty && this.card !== card && !confirm("Your words are not saved. Leave them?")) return;
    const ask = ++this.asked, fresh = !this.open;
    this.card = card;
    stand(card, { focus: false });
    card.scrollIntoView({ block: "nearest" });
    if (fresh) this.dialog.showModal();
    this.placed(push, fresh);
    this.held.classList.add("leaving");
    const html = await this.get(idOf(card));
    if (ask !== this.asked || !this.open) return;
    this.put(html);
    if (then) this.focus?.key({ key: then, preventDefault() {} });
    this.ahead();
  },

  async get(id) {
    try { return await this.fetched(id); } catch { tell("The server does not answer. Check the connection, then open it again.", "bad"); return this.held.innerHTML; }
  },

  async fetched(id) {
    const kept = this.near.get(id);
    if (kept && kept.v === cardOf(id)?.dataset.v && kept.review === cardOf(id)?.dataset.review) return kept.html;
    const answer = await fetch(`/variants/${batch}.${id}`, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.text();
  },

  put(html) {
    const held = this.open && this.held.contains(document.activeElement) ? document.activeElement.id : "";
    const page = new DOMParser().parseFromString(html, "text/html"), made = page.querySelector(".focus, section");
    this.held.replaceChildren(document.adoptNode(made));
    this.held.classList.remove("leaving");
    this.dialog.scrollTop = 0;
    const article = this.held.querySelector(".focus");
    this.focus = article && new Focus(article, { reload: () => this.again(), decide: (verdict, reason, comment) => this.decide(verdict, reason, comment) });
    (held && document.getElementById(held) || article || this.dialog).focus({ preventScroll: true });
  },

  /** The same variant anew: after a change of mine or of somebody else. */
  async again() {
    this.near.delete(idOf(this.card));
    const ask = ++this.asked, html = await this.get(idOf(this.card));
    if (ask === this.asked && this.open) this.put(html);
  },

  async decide(verdict, reason, comment) {
    const card = this.card;
    if (!decide([card], verdict, reason, comment)) return;
    this.near.delete(idOf(card));
    if (verdict !== "pending") onwards(card);
    if (this.card === card) { await idle(); this.again(); }
  },

  /** The two beside it, so that going on takes no time. */
  ahead() {
    for (const way of ["right", "left"]) {
      const card = neighbour(this.card, way), id = card && idOf(card);
      if (!id || this.near.has(id)) continue;
      const facts = { v: card.dataset.v, review: card.dataset.review };
      fetch(`/variants/${batch}.${id}`, { headers: { "HX-Request": "true" } }).then(async (a) => {
        if (!a.ok) return;
        const html = await a.text();
        this.near.set(id, { ...facts, html });
        const blob = html.match(/\/media\/[0-9a-f]{64}\.(?:jpg|png|webp)/)?.[0];
        if (blob) new Image().src = blob;
        if (this.near.size > 12) this.near.delete(this.near.keys().next().value);
      }, () => {});
    }
  },

  placed(push, fresh) {
    const all = cards(), url = new URL(location.href);
    document.getElementById("place").textContent = `${all.indexOf(this.card) + 1} of ${root.dataset.total}`;
    url.searchParams.set("at", idOf(this.card));
    if (push) history[fresh ? "pushState" : "replaceState"]({ at: idOf(this.card) }, "", url);
  },

  closed() {
    const url = new URL(location.href);
    if (url.searchParams.has("at")) { url.searchParams.delete("at"); history.replaceState(null, "", url); }
    this.held.replaceChildren(); this.focus = null; this.asked += 1;
    stand(this.card ?? current);
  },

  key(e) {
    const name = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (e.target.type === "range" && name.startsWith("Arrow")) return;
    const way = WAYS[name];
    if (way) { const next = neighbour(this.card, way === "up" ? "left" : way === "down" ? "right" : way); if (next) { e.preventDefault(); this.look(next); } if (cards().indexOf(this.card) > cards().length - 20) more(); }
    else if (name === "u" || name === "?") { e.preventDefault(); DOES[name](); }
    else this.focus?.key(e);
  },
};

view.dialog.addEventListener("close", () => view.closed());
view.dialog.addEventListener("cancel", (e) => { if (view.focus?.dirty && !confirm("Your words are not saved. Leave them?")) e.preventDefault(); });
view.dialog.addEventListener("click", (e) => {
  const go = e.target.closest("[data-go]");
  if (go) { const next = neighbour(view.card, go.dataset.go === "1" ? "right" : "left"); if (next) view.look(next); }
});
addEventListener("popstate", () => {
  const at = new URL(location.href).searchParams.get("at"), card = at && cardOf(at);
  if (card) view.look(card, "", { push: false }); else if (view.open) view.dialog.close();
});

const idle = () => new Promise((done) => { const look = () => (sending || waiting.length ? setTimeout(look, 30) : done()); look(); });

// -------------------------------------------------------------------- more cards
let coming = false;
async function more() {
  const place = grid.querySelector(".more"), link = place?.querySelector("a");
  if (!link || coming) return;
  coming = true;
  try {
    const answer = await fetch(link.dataset.part, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    rove(page);
    for (const group of [...page.querySelectorAll(".group")]) {
      const same = [...grid.querySelectorAll(".group")].find((g) => g.dataset.concept === group.dataset.concept);
      if (same) same.querySelector(".cells").append(...group.querySelector(".cells").children); else place.before(group);
    }
    known = null;
    const next = page.querySelector(".more");
    if (next) { place.replaceWith(next); eye.observe(next); } else place.remove();
  } finally { coming = false; }
}
const eye = new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting)) more(); }, { rootMargin: "1200px" });

// -------------------------------------------------------------------- what others do
function follow() {
  const stream = new EventSource(`/batches/${batch}/review/live?after=${root.dataset.seq}`);
  stream.addEventListener("cards", (e) => {
    const told = JSON.parse(e.data), others = new Map();
    for (const facts of told) {
      const card = cardOf(facts.id);
      if (!card && facts.type !== "comment" && facts.type !== "review.decided") fresh.add(facts.id);
      if (!card || busy.has(facts.id)) continue;
      const changed = card.dataset.review !== facts.review || card.dataset.v !== String(facts.version) || card.dataset.state !== facts.state;
      show(facts);
      view.near.delete(facts.id);
      if (!changed && facts.type !== "comment") continue;
      if (facts.by && !facts.mine && facts.type === "review.decided") others.set(facts.by, [...(others.get(facts.by) ?? []), facts]);
      if (view.open && view.card === card) refreshed(facts);
    }
    if (fresh.size && !grid.querySelector(".more")) newcomers();
    for (const [who, list] of others) tell(list.length === 1 ? `${who}: ${list[0].what} ${SAID[list[0].review]}.` : `${who} decided on ${list.length} variants.`);
  });
}

/** Variants that this page does not have yet: they are offered, nothing moves by itself. */
const fresh = new Set();
function newcomers() {
  const note = document.getElementById("newcomers");
  note.hidden = false;
  note.querySelector("span").textContent = `${fresh.size} new ${fresh.size === 1 ? "variant" : "variants"} in this batch.`;
}

function refreshed(facts) {
  if (view.focus?.dirty) tell("It was changed meanwhile. Your words are still here.", "bad");
  else view.again();
  if (facts.type === "variant.ready") tell("The new picture is there.");
  if (facts.type === "variant.failed") tell(facts.reason || "It could not be made.", "bad");
}

// -------------------------------------------------------------------- start
rove(grid);
const onward = document.getElementById("onward");
onward.checked = localStorage.getItem("onward") !== "off";
onward.addEventListener("change", () => localStorage.setItem("onward", onward.checked ? "on" : "off"));
picking();
const asked = root.dataset.at && cardOf(root.dataset.at);
stand(asked || cards().find(waits) || cards()[0], { focus: document.activeElement === document.body, scroll: Boolean(asked) });
if (asked) view.look(asked, "", { push: false });
else if (root.dataset.at) location.replace(`/variants/${batch}.${root.dataset.at}`);
const tail = grid.querySelector(".more");
if (tail) eye.observe(tail);
follow();
