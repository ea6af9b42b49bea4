// A batch while it is made: pictures are put where they were waited for, the parts around them are read anew; said now and then.
import { say } from "./base.js";

const batch = document.getElementById("batch");
const QUIET_MS = 10_000;
let told = "", state = "", spoke = 0, later = 0;

const source = new EventSource(batch.dataset.live);
source.addEventListener("change", (event) => {
  const change = JSON.parse(event.data);
  if (change.wall && !document.querySelector("[data-tiles]")) document.getElementById("wall").innerHTML = change.wall;
  else for (const tile of change.tiles ?? []) put(tile);
  for (const [idea, count] of Object.entries(change.ideas ?? {})) {
    const line = document.querySelector(`[data-idea="${CSS.escape(idea)}"]`);
    if (line) line.textContent = count;
  }
  if (change.parts) around(change.parts);
  if (change.say) tell(change.say, change.state);
});
source.addEventListener("over", () => source.close());
addEventListener("pagehide", () => source.close());

/** A variant's tile: in its place, or at the end of its idea while there is room. */
function put({ cell, concept, html }) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const fresh = holder.content.firstElementChild, old = document.getElementById(`v-${cell}`);
  if (old) {
    const before = old.querySelector("img")?.getAttribute("src");
    if (old.isEqualNode(fresh)) return;
    const focused = old.contains(document.activeElement);
    if (fresh.querySelector("img") && before !== fresh.querySelector("img").getAttribute("src")) arrive(fresh);
    old.replaceWith(fresh);
    if (focused) fresh.querySelector("a")?.focus({ preventScroll: true });
  } else {
    const list = document.querySelector(`[data-tiles="${CSS.escape(concept)}"]`);
    if (list && list.children.length < Number(list.dataset.most) + 12) { arrive(fresh); list.append(fresh); }
  }
}

/** Shown once it is loaded, and marked as new for a few seconds. */
function arrive(tile) {
  const image = tile.querySelector("img");
  if (!image) return;
  image.loading = "eager";
  tile.classList.add("arrived");
  setTimeout(() => tile.classList.remove("arrived"), 5000);
}

/** The parts that read otherwise than before; one that a person has open or is in stays until they leave it. */
function around(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const here = document.querySelector(`main [data-part="${part.dataset.part}"]`);
    if (!here || here.innerHTML.trim() === part.innerHTML.trim()) continue;
    if (here.querySelector("details[open]") || here.contains(document.activeElement)) continue;
    const bar = here.querySelector("progress[max]"), next = part.querySelector("progress[max]");
    if (bar && next) { bar.max = next.max; bar.value = next.value; next.replaceWith(bar); }
    here.replaceChildren(...part.childNodes);
  }
}

/** For those who do not see the bar: at most every ten seconds, and when the batch has come to an end. */
function tell(text, now) {
  const ended = state && state !== now;
  state = now;
  if (text === told) return;
  clearTimeout(later);
  const wait = ended ? 0 : Math.max(0, QUIET_MS - (performance.now() - spoke));
  later = setTimeout(() => { told = text; spoke = performance.now(); say(text); }, wait);
}
