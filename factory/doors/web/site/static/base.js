// What every page does: say the session's mark with each request of htmx, close menus, remember where focus was, speak.
const mark = document.querySelector('meta[name="mark"]')?.content;

document.addEventListener("htmx:config:request", (event) => {
  if (mark) event.detail.ctx.request.headers["X-Mark"] = mark;
});

// A menu closes when something else is clicked or Escape is pressed.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.sure[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open], details.sure[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
});

// <button data-copy="text">: to the clipboard.  <button data-opens="id">: a dialog.  <button data-closes>: the dialog around it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-opens], [data-closes]");
  if (!button) return;
  if (button.dataset.copy !== undefined) { await navigator.clipboard.writeText(button.dataset.copy); say("Copied."); }
  else if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
  else button.closest("dialog").close();
});

/** Tell something to people who do not see the page. */
export function say(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

/** Ask our own server to do something: a fetch with the session's mark. */
export function send(url, { method = "POST", body, headers = {} } = {}) {
  return fetch(url, { method, body, headers: { "X-Mark": mark, "HX-Request": "true", ...headers } });
}
