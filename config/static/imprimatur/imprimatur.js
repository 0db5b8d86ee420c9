/* Focus, announcements, saying what went wrong, and keeping what was typed. The pages work without it. */
"use strict";

(() => {
  const say = (words) => {
    const region = document.getElementById("say");
    if (region && words) region.textContent = words;
  };
  const french = document.documentElement.lang.startsWith("fr");

  /* A form that came back with errors: the summary gets the focus. */
  const focusIn = (part) => {
    const wanted = part.matches?.("[data-focus]") ? part : part.querySelector?.("[data-focus]");
    if (wanted) {
      if (!wanted.hasAttribute("tabindex")) wanted.setAttribute("tabindex", "-1");
      wanted.focus();
    }
    return Boolean(wanted);
  };
  document.addEventListener("DOMContentLoaded", () => focusIn(document.body));

  /* htmx 2 loses the focus when an element replaces itself; polls never move it. */
  let focused = null;
  document.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement?.id || null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const part = event.detail.target;
    if (event.detail.requestConfig?.triggeringEvent?.type === "every") return;
    if (!focusIn(part) && focused && !document.getElementById(focused)?.matches(":focus")) {
      document.getElementById(focused)?.focus();
    }
    say(part.querySelector?.("[data-say]")?.dataset.say || part.dataset?.say);
  });
  const failed = () =>
    say(french ? "L’envoi n’a pas réussi. Votre texte est toujours là; réessayez." : "Sending failed. Your text is still here; try again.");
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);

  /* A second click on the same button sends nothing. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  /* What was sent for good is not saved once more on the way. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.dataset?.sent) event.preventDefault();
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  /* The language changes, what was typed stays. */
  const key = `typed:${location.pathname}`;
  const fields = () => [...document.querySelectorAll("main form [name]")].filter((field) => field.type !== "hidden" && field.type !== "file");
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-keep-typed]")) return;
    const typed = fields().map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? (field.checked ? field.value : null) : field.value, field.type]);
    sessionStorage.setItem(key, JSON.stringify(typed));
  });
  document.addEventListener("DOMContentLoaded", () => {
    const typed = sessionStorage.getItem(key);
    if (!typed) return;
    sessionStorage.removeItem(key);
    const kept = JSON.parse(typed);
    for (const field of fields()) {
      for (const [name, value, type] of kept) {
        if (name !== field.name || value === null) continue;
        if (type === "checkbox" || type === "radio") field.checked = field.checked || field.value === value;
        else field.value = value;
      }
    }
  });

  /* Keys for lists: j and k move between rows, Enter opens. A key never decides anything. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("[data-keys]")) return;
    if (event.target.closest("input, textarea, select")) return;
    const rows = [...document.querySelectorAll(".rows a")];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "j" && rows.length) rows[Math.min(at + 1, rows.length - 1)].focus();
    else if (event.key === "k" && rows.length) rows[Math.max(at - 1, 0)].focus();
    else {
      const act = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
      if (act) act.click();
    }
  });
})();
