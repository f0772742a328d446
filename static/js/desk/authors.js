// Rows of authors: up, down, remove and add by buttons. Without this file they are ordered by the figures in them.
(() => {
  "use strict";

  const gettext = window.gettext ?? ((text) => text);
  const fill = (text, values) => gettext(text).replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
  const words = {
    down: gettext("Down"),
    moved: (name, place, count) => fill("%(name)s is now number %(place)s of %(count)s.", { name, place, count }),
    nameless: gettext("The author without a name"),
    remove: gettext("Remove"),
    removed: (name) => fill("%(name)s is removed when you save.", { name }),
    up: gettext("Up"),
  };

  function startAuthors(group) {
    const rows = group.querySelector("[data-author-rows]");
    const pattern = group.querySelector("[data-author-template]");
    const status = group.querySelector("[data-author-status]");
    if (!rows) return;
    const total = group.querySelector(`[name="${group.dataset.prefix}-TOTAL_FORMS"]`);
    const all = () => [...rows.querySelectorAll("[data-author-row]")];
    const kept = () => all().filter((row) => !row.hidden);
    const nameOf = (row) => row.querySelector("[name$='-person_words']")?.value.trim() || words.nameless;

    const renumber = () => {
      kept().forEach((row, index) => {
        row.querySelector("[data-author-number]").textContent = index + 1;
        const isEmpty = nameOf(row) === words.nameless;
        row.querySelector("[name$='-position']").value = isEmpty ? "" : index + 1;
        const [up, down] = row.querySelectorAll("[data-move]");
        if (!up) return;
        up.disabled = index === 0;
        down.disabled = index === kept().length - 1;
      });
    };
    const say = (text) => {
      status.textContent = text;
    };
    const move = (row, step, button) => {
      const list = kept();
      const other = list[list.indexOf(row) + step];
      if (!other) return;
      if (step < 0) other.before(row);
      else other.after(row);
      renumber();
      say(words.moved(nameOf(row), kept().indexOf(row) + 1, kept().length));
      (button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button)?.focus();
      row.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const equip = (row) => {
      const tools = row.querySelector("[data-row-tools]");
      const button = (label, action, step) => {
        const element = Object.assign(document.createElement("button"), { type: "button", className: "quiet-button", textContent: label });
        if (step) element.dataset.move = step;
        element.addEventListener("click", () => action(element));
        return element;
      };
      const tick = row.querySelector("[name$='-DELETE']");
      const remove = button(words.remove, () => {
        const name = nameOf(row);
        if (tick) tick.checked = true;
        else row.querySelectorAll("input[type=text], input[type=hidden][name$='-person'], textarea").forEach((field) => (field.value = ""));
        row.hidden = true;
        renumber();
        say(words.removed(name));
        (kept()[0]?.querySelector("input[type=text]") ?? group.querySelector("[data-author-add]")).focus();
        group.dispatchEvent(new Event("change", { bubbles: true }));
      });
      row.querySelector(".remove")?.classList.add("visually-hidden");
      if (tick) tick.tabIndex = -1;
      tools.prepend(button(words.up, (pressed) => move(row, -1, pressed), -1), button(words.down, (pressed) => move(row, 1, pressed), 1), remove);
      row.addEventListener("change", (event) => {
        if (event.target.name?.endsWith("-person_words")) renumber();
      });
    };
    const add = () => {
      const holder = document.createElement("div");
      holder.append(pattern.content.cloneNode(true));
      holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", total.value);
      const row = holder.firstElementChild;
      total.value = Number(total.value) + 1;
      rows.append(row);
      row.dispatchEvent(new Event("desk:row", { bubbles: true }));
      equip(row);
      renumber();
      return row;
    };
    group.addRow = add;
    all().forEach(equip);
    renumber();
    const more = group.querySelector("[data-author-add]");
    if (pattern && more) {
      more.hidden = false;
      more.addEventListener("click", () => add().querySelector("input[type=text]").focus());
    }
  }

  document.querySelectorAll("[data-authors]").forEach(startAuthors);
})();
