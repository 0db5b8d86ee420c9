/* The search for a skill as a combobox after the ARIA pattern (list autocomplete). The page works without it. */
"use strict";

(() => {
  const frame = document.querySelector("[data-combobox]");
  if (!frame) return;
  const input = frame.querySelector("input");
  const say = document.getElementById("say");
  const list = document.createElement("ul");
  list.id = "options";
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  list.hidden = true;
  frame.append(list);
  Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "options", "aria-autocomplete": "list" }).forEach(
    ([name, value]) => input.setAttribute(name, value),
  );
  let active = -1;
  let asked = 0;

  const options = () => [...list.children];
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  };
  const mark = (place) => {
    active = place;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const option = options()[place];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const fill = (page) => {
    list.replaceChildren(
      ...[...page.querySelectorAll("[data-option]")].map((link, at) => {
        const option = document.createElement("li");
        option.id = `option-${at}`;
        option.setAttribute("role", "option");
        option.dataset.to = link.getAttribute("href");
        option.append(...link.closest("li").firstElementChild.cloneNode(true).childNodes);
        option.querySelectorAll("a").forEach((inner) => inner.replaceWith(...inner.childNodes));
        return option;
      }),
    );
    show(list.children.length > 0);
    if (say) say.textContent = list.children.length ? `${list.children.length} ${frame.dataset.some}` : frame.dataset.none;
  };
  let wait;
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(async () => {
      const words = input.value.trim();
      const mine = ++asked;
      if (words.length < 2) return show(false);
      const answer = await fetch(`${frame.dataset.combobox}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
      if (!answer.ok || mine !== asked) return;
      fill(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }, 250);
  });
  input.addEventListener("keydown", (event) => {
    const last = options().length - 1;
    if (event.key === "ArrowDown" && !list.hidden) mark(active < last ? active + 1 : 0);
    else if (event.key === "ArrowUp" && !list.hidden) mark(active > 0 ? active - 1 : last);
    else if (event.key === "Enter" && options()[active]) location.assign(options()[active].dataset.to);
    else if (event.key === "Escape" && !list.hidden) show(false);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.to);
  });
  input.addEventListener("blur", () => show(false));
})();
