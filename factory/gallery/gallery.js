"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return node;
};

const KEYS = ["concept", "tribe", "placement", "locale", "kind", "verdict"];
const VERDICTS = { pass: "all passed", warn: "to look at", dropped: "not shipped" };
const SOURCES = { brief: "from the brief", kit: "from the brand kit", grammar: "by the grammar" };
const STRIP = 3; // longer than this, a banner is shown in its own size
const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches;
const ideas = new Map(data.concepts.map((c) => [c.id, c]));
const labels = {
  concept: (v) => ideas.get(v).idea, tribe: (v) => data.tribes[v] || v, placement: (v) => data.placements[v], locale: (v) => v,
  kind: (v) => v, verdict: (v) => VERDICTS[v],
};
const SPOKEN_FIRST = ["art_headline", "art_sub", "art_body", "art_cta", "primary_text", "headline", "long_headline", "description"];
const title = (v) => data.titles[v.placement];
const filters = $("filters");
let entries = []; // what is on the page: {v, node, words}
let shown = []; // of these what the filters leave and a large view can show
let at = -1;

const spoken = (v) => Object.entries(v.copy).filter(([k]) => k.startsWith("art_")).map(([, c]) => c.text).join(" ");
const loud = (v) => v.findings.filter((f) => f.verdict !== "pass");
const source = (name) => SOURCES[name] || name.replace(/^model:/, "drafted by ");

function figures() {
  const f = data.figures;
  const rows = [["shipped", f.shipped], ["images", f.images], ["videos", f.videos], ["concepts", f.concepts],
    ["locales", f.locales], ["placements", f.placements], ["not shipped", f.dropped + f.failed]];
  for (const [name, value] of rows) if (value !== undefined) $("figures").append(el("div", {}, el("dt", {}, name), el("dd", {}, String(value))));
  $("foot").append(`Seed ${data.seed} · plan ${data.plan.slice(0, 16)}`,
    ...Object.entries(data.models).map(([name, id]) => ` · ${name} ${/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 16) : id}`));
}

function options() {
  for (const key of KEYS) {
    const values = [...new Set(data.variants.map((v) => v[key]))];
    if (key === "placement" || key === "locale" || key === "verdict") values.sort();
    const select = filters.elements[key];
    select.append(el("option", { value: "" }, "All"), ...values.map((v) => el("option", { value: v }, labels[key](v))));
  }
}

// ------------------------------------------------------------------------------------------------ the page

const arrivals = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    target.src = target.dataset.src;
    arrivals.unobserve(target);
  }
}, { rootMargin: "600px" });

function thumbnail(v, file) {
  if (v.kind !== "video") return el("img", { src: file.path, alt: spoken(v) || "Picture without words", width: file.w, height: file.h, loading: "lazy", decoding: "async" });
  const video = el("video", { "data-src": `${file.path}#t=${(file.seconds * 0.62).toFixed(2)}`, preload: "metadata", playsinline: true, tabindex: -1, "aria-label": spoken(v) || "Film" });
  video.muted = true;
  arrivals.observe(video);
  return video;
}

function card(v) {
  const file = v.files[0];
  const size = { "--aspect": file.w / file.h, "--width": `${file.w}px` };
  const name = el("span", { class: "name" }, el("b", {}, v.locale), ` ${title(v)}`,
    v.kind === "video" && " · ", v.kind === "video" && el("span", { class: "film" }, `${file.seconds} s`),
    v.verdict === "warn" && el("em", {}, ` · ${loud(v).length} to look at`));
  const node = el("button", { type: "button", class: "card", style: size }, el("span", { class: "frame" }, thumbnail(v, file)), name);
  node.addEventListener("click", () => open(shown.findIndex((e) => e.node === node)));
  return node;
}

function lost(v) {
  return el("div", { class: "lost" }, el("b", {}, `${v.status === "failed" ? "Not made" : "Not shipped"}: ${v.locale} ${title(v)}, ${v.kind}`), v.reason);
}

function section(c) {
  const mine = data.variants.filter((v) => v.concept === c.id).map((v) => ({ v, node: v.files.length ? card(v) : lost(v), words: words(v) }));
  const long = ({ v }) => v.files.length && v.files[0].w / v.files[0].h > STRIP;
  const rows = [mine.filter((e) => e.v.files.length && !long(e)), mine.filter(long), mine.filter((e) => !e.v.files.length)];
  entries.push(...rows.flat());
  const about = [`For ${c.tribe}`, c.motive, c.family, c.device && `device: ${c.device.replaceAll("_", " ")}`, c.set.replaceAll("_", " "), `${c.mode} mode`];
  return el("section", { class: "concept" }, el("h2", {}, c.idea), el("p", {}, about.filter(Boolean).join(" · ")),
    ...rows.map((row, i) => el("div", { class: i === 1 ? "row strips" : "row" }, ...row.map((e) => e.node))));
}

function words(v) {
  return [v.id, v.concept, ideas.get(v.concept).idea, v.placement, data.placements[v.placement], v.reason, ...Object.values(v.copy).map((c) => c.text)].join("\n").toLowerCase();
}

function filter() {
  const wanted = KEYS.map((k) => [k, filters.elements[k].value]).filter(([, value]) => value);
  const q = filters.elements.q.value.trim().toLowerCase();
  const hits = entries.filter((e) => {
    const hit = wanted.every(([k, value]) => e.v[k] === value) && e.words.includes(q);
    e.node.hidden = !hit;
    return hit;
  });
  shown = hits.filter((e) => e.v.files.length);
  for (const s of document.querySelectorAll(".concept")) s.hidden = !s.querySelector(".row > :not([hidden])");
  $("count").textContent = hits.length === entries.length ? `All ${entries.length}` : `${hits.length} of ${entries.length}`;
  $("clear").hidden = !(q || wanted.length);
  $("more").textContent = wanted.length ? `Filters (${wanted.length})` : "Filters";
  $("none").hidden = hits.length > 0;
}

// ------------------------------------------------------------------------------------------ the large view

function large(v, file) {
  if (v.kind === "video") return el("video", { src: file.path, controls: true, autoplay: !CALM, loop: true, playsinline: true, width: file.w, height: file.h });
  return el("img", { src: file.path, alt: spoken(v) || "Picture without words", width: file.w, height: file.h });
}

function list(rows, name) {
  return el("dl", { class: name }, ...rows.map(([term, value, note]) => el("div", {}, el("dt", {}, term), el("dd", {}, value, note ? el("small", {}, ` ${note}`) : null))));
}

function finding(f) {
  const numbers = [f.measured && `measured ${f.measured}`, f.wanted && `wanted ${f.wanted}`].filter(Boolean).join(", ");
  return el("div", { class: `finding ${f.verdict}` }, f.fact,
    el("small", {}, [f.code + (f.where ? ` at ${f.where}` : ""), numbers].filter(Boolean).join(": ")), f.verdict !== "pass" && f.help ? el("small", {}, f.help) : null);
}

function link(file, text) {
  return el("a", { href: file.path, target: "_blank", rel: "noopener" }, text);
}

function about(v, file) {
  const concept = ideas.get(v.concept);
  const quiet = v.findings.filter((f) => f.verdict === "pass");
  const bare = data.components.filter((c) => c.role === "clean" && c.path !== file.path && c.used_by.includes(v.id));
  const rank = ([k]) => (SPOKEN_FIRST.indexOf(k) + 1) || (k.startsWith("art_") ? 4.5 : 99);
  const texts = Object.entries(v.copy).sort((a, b) => rank(a) - rank(b)).map(([k, c]) => [k.replace(/^art_/, "on the picture: ").replaceAll("_", " "), c.text, source(c.source)]);
  return [
    el("h2", { id: "focus-title" }, concept.idea),
    el("h3", {}, "Words"), texts.length ? list(texts) : el("p", {}, "None."),
    el("h3", {}, "Checks"), ...loud(v).map(finding),
    el("details", {}, el("summary", {}, `${quiet.length} passed`), ...quiet.map(finding)),
    el("h3", {}, "Variant"),
    list([["Placement", data.placements[v.placement]], ["Locale", v.locale], ["Tribe", concept.tribe], ["Review", v.review],
      ["File", link(file, `${file.w} × ${file.h}`), `${Math.round(file.bytes / 1000)} kB${file.seconds ? `, ${file.seconds} s` : ""}`],
      ...bare.map((c) => ["Without type", link(c, `${c.w} × ${c.h}`)]), ["Id", v.id, v.version > 1 ? `version ${v.version}` : ""]], "facts"),
    el("details", {}, el("summary", {}, "How it was made"), el("pre", {}, JSON.stringify(v.provenance, null, 1))),
  ];
}

function open(index) {
  if (index < 0 && at < 0 || !shown.length) return;
  at = (index + shown.length) % shown.length;
  const { v } = shown[at];
  $("stage").replaceChildren(large(v, v.files[0]));
  actual(false);
  $("about").replaceChildren(...about(v, v.files[0]));
  $("about").scrollTop = 0;
  $("place").textContent = `${at + 1} of ${shown.length}`;
  if (!$("focus").open) {
    $("focus").showModal();
    $("about").focus({ focusVisible: false }); // not the film, which would keep the arrow keys to itself
  }
  history.replaceState(null, "", `#${v.id}`);
}

function actual(on) {
  $("stage").classList.toggle("real", on);
  $("real").setAttribute("aria-pressed", String(on));
}

function left() {
  $("stage").replaceChildren();
  history.replaceState(null, "", location.pathname + location.search);
  if (shown[at]) shown[at].node.focus();
  at = -1;
}

function key(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.tagName === "VIDEO") return;
  if (event.key === "ArrowLeft") open(at - 1);
  else if (event.key === "ArrowRight") open(at + 1);
}

$("previous").addEventListener("click", () => open(at - 1));
$("next").addEventListener("click", () => open(at + 1));
$("real").addEventListener("click", () => actual(!$("stage").classList.contains("real")));
$("close").addEventListener("click", () => $("focus").close());
$("focus").addEventListener("close", left);
$("focus").addEventListener("keydown", key);
$("more").addEventListener("click", () => $("more").setAttribute("aria-expanded", String(filters.classList.toggle("open"))));
filters.addEventListener("input", filter);
filters.addEventListener("reset", () => setTimeout(filter));
filters.addEventListener("submit", (event) => event.preventDefault());
figures();
options();
$("batch").append(...data.concepts.map(section));
filter();
const asked = shown.findIndex((e) => e.v.id === location.hash.slice(1));
if (asked >= 0) open(asked);
