// What Tab should reach on this page, what it has reached, and whether one could see it.
(() => {
  const reached = new Set(), unseen = new Set();
  const called = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.name ? `[${e.name}]` : ""} “${(e.textContent || e.value || "").trim().slice(0, 30)}”`;
  const solid = (e) => { const s = getComputedStyle(e); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
  const shown = (e) => solid(e) && getComputedStyle(e).opacity !== "0" && e.offsetWidth > 1;
  /** The ring is the element's own, or that of the label or chip that stands for it. */
  const seen = (e) => shown(e) || [e.nextElementSibling, e.closest("label"), e.parentElement, e.parentElement?.parentElement].some((x) => x && solid(x));
  addEventListener("focusin", ({ target }) => {
    reached.add(target);
    if (!seen(target)) unseen.add(called(target));
  });
  const expected = () => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !e.closest("dialog:not([open]), [inert]"))
    .filter((e) => !(e.type === "radio" && !e.checked && document.querySelector(`input[name="${CSS.escape(e.name)}"]:checked`)));
  window.tabs = { expected, told: () => ({ missed: expected().filter((e) => !reached.has(e)).map(called), unseen: [...unseen] }) };
})();
