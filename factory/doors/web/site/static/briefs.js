// The form of a brief: faults at the fields that were touched, focus and open parts kept when rows come and go, files dropped.
import { say } from "./base.js";

const touched = new Set();
const form = () => document.getElementById("form");
const nameOf = (element) => element.name || "";

// ------------------------------------------------------------------ faults at their fields
function around(at) {
  for (let name = at; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const found = document.getElementById(`f-${name}`);
    if (found) return [name, found];
  }
  return [];
}

function mark(control, name, text) {
  const holder = control.closest(".field") ?? control.parentElement;
  let told = document.getElementById(`w-${name}`);
  if (!told && text) {
    told = Object.assign(document.createElement("p"), { className: "fault", id: `w-${name}` });
    if (control.matches("input, select, textarea, fieldset")) (holder.contains(control) && holder !== control ? holder : control).append(told);
    else control.after(told);
  }
  if (told) { told.textContent = text; told.hidden = !text; }
  if (holder?.matches(".field")) holder.classList.toggle("wrong", Boolean(text));
  if (!control.matches("input, select, textarea")) return;
  const words = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (text) { control.setAttribute("aria-invalid", "true"); words.add(`w-${name}`); } else { control.removeAttribute("aria-invalid"); words.delete(`w-${name}`); }
  if (words.size) control.setAttribute("aria-describedby", [...words].join(" ")); else control.removeAttribute("aria-describedby");
}

function place() {
  for (const told of document.querySelectorAll("#form .fault[id^='w-']")) if (told.textContent) touched.add(told.id.slice(2));
  const all = form()?.hasAttribute("data-strict");
  const texts = new Map();
  for (const item of document.querySelectorAll("#check .told > li")) {
    const [name, control] = around(item.dataset.at);
    if (!control || !(all || touched.has(name))) continue;
    const fact = item.querySelector("a").textContent.replace(/^(Fact|Proof|Tribe|Line) \d+: |^(Offer|Product): /, "");
    texts.set(name, [...(texts.get(name) ?? []), `${fact}. ${item.querySelector(".help").textContent}`]);
  }
  for (const told of document.querySelectorAll("#form .fault[id^='w-']")) {
    const name = told.id.slice(2);
    if (!texts.has(name)) mark(document.getElementById(`f-${name}`) ?? told.parentElement, name, "");
  }
  for (const [name, text] of texts) mark(document.getElementById(`f-${name}`), name, text.join(" "));
}

document.addEventListener("change", (event) => {
  if (event.target.form !== form() || !form()) return;
  touched.add(nameOf(event.target));
  if (event.target.hasAttribute("data-refresh")) document.getElementById("refresh").click();
  if (event.target.type === "file" && event.target.files.length) event.target.closest("[data-drops]")?.querySelector("button").click();
});
document.addEventListener("focusout", (event) => {
  if (event.target.value && event.target.form === form()) touched.add(nameOf(event.target));
});

// What was typed is not lost by a wrong click.
let typed = false;
document.addEventListener("input", (event) => { if (event.target.form === form()) typed = true; });
document.addEventListener("submit", (event) => { if (event.target === form()) typed = false; });
addEventListener("beforeunload", (event) => { if (typed && form()) event.preventDefault(); });

// A link to a field opens what it lies in and takes the focus there.
document.addEventListener("click", (event) => {
  const link = event.target.closest('#check a[href^="#f-"]');
  if (!link) return;
  const [, control] = around(decodeURIComponent(link.hash.slice(3)));
  if (!control) return;
  event.preventDefault();
  for (let at = control.parentElement; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  control.focus({ preventScroll: true });
  control.scrollIntoView({ block: "center" });
});

// ------------------------------------------------------------------ rows come and go
let before;
const same = (element) => element?.id ? `#${CSS.escape(element.id)}` : element?.name ? `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]` : "";
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx.target?.id !== "form") return;
  before = { open: [...form().querySelectorAll("details[open]")].map((d) => d.id), focus: same(document.activeElement), y: scrollY };
});
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx.target;
  if (target?.id === "check") place();
  if (!before || !form() || target?.id === "check") return;
  for (const id of before.open) { const part = document.getElementById(id); if (part) part.open = true; }
  const wanted = form().dataset.focus;
  const next = document.getElementById(`f-${wanted}`) ?? (before.focus && document.querySelector(before.focus));
  for (let at = next?.parentElement; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  scrollTo(0, before.y);
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
  before = undefined;
  place();
  say(document.querySelector("#check h2")?.textContent ?? "");
});

// ------------------------------------------------------------------ files dropped
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drops]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    zone.querySelector('input[type="file"]').files = event.dataTransfer.files;
    zone.querySelector("button").click();
  });
}
place();
