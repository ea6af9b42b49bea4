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
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};
const filters = $("filters");
const KEYS = ["concept", "tribe", "placement", "locale", "kind", "verdict"];
const NAMES = {
  concept: (v) => v, tribe: (v) => data.tribes[v] || v, placement: (v) => data.placements[v] || v,
  locale: (v) => v, kind: (v) => v, verdict: (v) => ({ pass: "all checks pass", warn: "to look at", dropped: "not shipped" })[v],
};
let shown = [];
let at = -1;

function figures() {
  const f = data.figures;
  const rows = [["shipped", f.shipped], ["images", f.images], ["videos", f.videos], ["concepts", f.concepts],
    ["locales", f.locales], ["placements", f.placements], ["not shipped", f.dropped + f.failed]];
  for (const [name, value] of rows) if (value !== undefined) $("figures").append(el("div", {}, el("dt", {}, name), el("dd", {}, String(value))));
}

function options() {
  for (const key of KEYS) {
    const values = [...new Set(data.variants.map((v) => v[key]))].sort();
    filters.elements[key].append(el("option", { value: "" }, "All"), ...values.map((v) => el("option", { value: v }, NAMES[key](v))));
  }
}

function matches(v) {
  const q = filters.elements.q.value.trim().toLowerCase();
  const words = [v.id, v.reason, ...Object.values(v.copy).map((c) => c.text)].join(" ").toLowerCase();
  return KEYS.every((k) => !filters.elements[k].value || v[k] === filters.elements[k].value) && words.includes(q);
}

function media(v, large) {
  const file = v.files[0];
  if (v.kind === "video") {
    return large
      ? el("video", { src: file.path, controls: true, autoplay: true, loop: true, playsinline: true, width: file.w, height: file.h })
      : el("video", { src: `${file.path}#t=1.2`, preload: "metadata", muted: true, playsinline: true, tabindex: -1 });
  }
  const alt = Object.entries(v.copy).filter(([k]) => k.startsWith("art_")).map(([, c]) => c.text).join(" ");
  return el("img", { src: file.path, alt: alt || "Picture without type", width: file.w, height: file.h, loading: large ? "eager" : "lazy", decoding: "async" });
}

function card(v, index) {
  const label = el("span", { class: `name ${v.verdict === "warn" ? "mark-warn" : ""}` }, el("b", {}, v.locale), ` ${data.placements[v.placement]}`);
  if (!v.files.length) return el("div", { class: "lost" }, el("b", {}, `${v.locale} ${data.placements[v.placement]} (${v.kind})`), el("small", {}, v.reason));
  const file = v.files[0];
  const frame = el("span", { class: "frame" }, media(v, false), v.kind === "video" ? el("span", { class: "play" }, `Play ${file.seconds} s`) : null);
  const button = el("button", { type: "button", class: "card", style: { "--aspect": Math.max(0.28, Math.min(file.w / file.h, 5)) } }, frame, label);
  if (file.w / file.h > 5) button.style.setProperty("--aspect", file.w / file.h), button.classList.add("thin");
  button.addEventListener("click", () => open(index));
  return button;
}

function draw() {
  const hits = data.variants.filter(matches);
  shown = hits.filter((v) => v.files.length);
  const place = new Map(shown.map((v, i) => [v.id, i]));
  const groups = data.concepts.map((c) => [c, hits.filter((v) => v.concept === c.id)]).filter(([, vs]) => vs.length);
  $("batch").replaceChildren(...groups.map(([c, vs]) => el("section", { class: "concept" },
    el("h2", {}, c.idea),
    el("p", {}, [c.id, `for ${c.tribe}`, c.device && `device: ${c.device}`, `${c.set}, ${c.mode}`].filter(Boolean).join(" · ")),
    el("div", { class: "row" }, ...vs.map((v) => card(v, place.get(v.id)))))));
  $("count").textContent = `${hits.length} of ${data.variants.length}`;
}

function rows(list) {
  return el("dl", {}, ...list.map(([name, value, note]) => el("div", {}, el("dt", {}, name), el("dd", {}, value, note ? el("small", {}, ` ${note}`) : null))));
}

function finding(f) {
  const numbers = [f.measured && `measured ${f.measured}`, f.wanted && `wanted ${f.wanted}`].filter(Boolean).join(", ");
  return el("div", { class: `finding ${f.verdict}` }, el("b", {}, f.code), ` ${f.fact}`, numbers ? el("small", {}, ` (${numbers})`) : null,
    f.verdict !== "pass" && f.help ? el("small", {}, ` ${f.help}`) : null);
}

function open(index) {
  at = (index + shown.length) % shown.length;
  const v = shown[at];
  const file = v.files[0];
  const concept = data.concepts.find((c) => c.id === v.concept);
  const quiet = v.findings.filter((f) => f.verdict === "pass");
  const loud = v.findings.filter((f) => f.verdict !== "pass");
  $("stage").className = "stage";
  $("stage").replaceChildren(media(v, true));
  const clean = data.components.filter((c) => c.used_by.includes(v.id));
  $("about").replaceChildren(
    el("h2", { id: "focus-title" }, concept.idea),
    rows([["Placement", data.placements[v.placement], `${file.w}×${file.h}`], ["Locale", v.locale], ["Tribe", concept.tribe],
      ["Review", v.review], ["File", el("a", { href: file.path, target: "_blank", rel: "noopener" }, `${Math.round(file.bytes / 1000)} kB`)],
      ...clean.map((c) => ["Without type", el("a", { href: c.path, target: "_blank", rel: "noopener" }, `${c.w}×${c.h}`)]), ["Variant", v.id]]),
    el("h3", {}, "Words"),
    rows(Object.entries(v.copy).map(([k, c]) => [k.replaceAll("_", " "), c.text, c.source])),
    el("h3", {}, loud.length ? "To look at" : "Checks"),
    ...loud.map(finding),
    el("details", { open: !loud.length }, el("summary", {}, `${quiet.length} checks pass`), ...quiet.map(finding)),
    el("details", {}, el("summary", {}, "How it was made"), el("pre", { style: { "white-space": "pre-wrap", "font-size": ".75rem" } }, JSON.stringify(v.provenance, null, 1))));
  if (!$("focus").open) $("focus").showModal();
}

const leave = () => { $("stage").replaceChildren(); $("focus").close(); };
$("previous").addEventListener("click", () => open(at - 1));
$("next").addEventListener("click", () => open(at + 1));
$("close").addEventListener("click", leave);
$("focus").addEventListener("cancel", () => $("stage").replaceChildren());
$("focus").addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") open(at - 1);
  else if (event.key === "ArrowRight") open(at + 1);
  else if (event.key === " " && event.target.tagName !== "BUTTON" && event.target.tagName !== "VIDEO") { $("stage").classList.toggle("real"); event.preventDefault(); }
});
filters.addEventListener("input", draw);
filters.addEventListener("reset", () => setTimeout(draw));
filters.addEventListener("submit", (event) => event.preventDefault());
figures();
options();
draw();
