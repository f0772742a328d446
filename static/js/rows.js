// Ordered rows of the desk: up, down, remove and add by buttons, and moved by dragging their handle.
// Without this file rows are ordered by the figures in them.
(() => {
  "use strict";

  const gettext = window.gettext ?? ((text) => text);
  const fill = (text, values) => gettext(text).replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
  const words = {
    added: gettext("A line was added at the end."),
    down: gettext("Down"),
    drag: gettext("Drag to move"),
    moved: (place, count) => fill("The line is now number %(place)s of %(count)s.", { place, count }),
    remove: gettext("Remove"),
    removed: gettext("The line is removed when you save."),
    up: gettext("Up"),
  };

  function start(group) {
    const list = group.querySelector("[data-row-list]");
    const pattern = group.querySelector("[data-row-template]");
    const status = group.querySelector("[data-row-status]");
    if (!list) return;
    const total = group.querySelector(`[name="${group.dataset.prefix}-TOTAL_FORMS"]`);
    const kept = () => [...list.querySelectorAll("[data-row]")].filter((row) => !row.hidden);
    const changed = () => group.dispatchEvent(new Event("change", { bubbles: true }));

    const renumber = () => {
      const rows = kept();
      rows.forEach((row, index) => {
        row.querySelector("[data-row-number]").textContent = index + 1;
        row.querySelector("[name$='-position']").value = index + 1;
        const [up, down] = row.querySelectorAll("[data-move]");
        up.disabled = index === 0;
        down.disabled = index === rows.length - 1;
      });
    };
    const settle = (row) => {
      renumber();
      const rows = kept();
      status.textContent = words.moved(rows.indexOf(row) + 1, rows.length);
      changed();
    };
    const move = (row, step, button) => {
      const rows = kept();
      const other = rows[rows.indexOf(row) + step];
      if (!other) return;
      if (step < 0) other.before(row);
      else other.after(row);
      settle(row);
      (button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button)?.focus();
    };
    const remove = (row) => {
      const tick = row.querySelector("[name$='-DELETE']");
      if (tick) tick.checked = true;
      row.hidden = true;
      renumber();
      status.textContent = words.removed;
      (kept()[0]?.querySelector("[data-move]:not(:disabled)") ?? group.querySelector("[data-row-add]")).focus();
      changed();
    };
    const make = (label, action) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "quiet-button", textContent: label });
      button.addEventListener("click", () => action(button));
      return button;
    };

    let dragged = null;
    const equip = (row) => {
      const up = make(words.up, (button) => move(row, -1, button));
      const down = make(words.down, (button) => move(row, 1, button));
      up.dataset.move = "-1";
      down.dataset.move = "1";
      const handle = document.createElement("span");
      Object.assign(handle, { className: "row-handle", textContent: "⠿", title: words.drag, draggable: true });
      handle.setAttribute("aria-hidden", "true"); // whoever cannot drag has the buttons
      handle.addEventListener("dragstart", (event) => {
        dragged = row;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", row.querySelector("legend").textContent.trim());
        event.dataTransfer.setDragImage(row, 0, 0);
        setTimeout(() => row.classList.add("is-dragged")); // changed at once, Chromium would end the drag
      });
      handle.addEventListener("dragend", () => {
        row.classList.remove("is-dragged");
        dragged = null;
        settle(row);
      });
      row.addEventListener("dragover", (event) => {
        if (!dragged) return;
        event.preventDefault();
        if (dragged === row) return;
        const { top, height } = row.getBoundingClientRect();
        if (event.clientY < top + height / 2) row.before(dragged);
        else row.after(dragged);
      });
      row.addEventListener("drop", (event) => event.preventDefault());
      const tick = row.querySelector("[name$='-DELETE']");
      if (tick) tick.tabIndex = -1;
      row.querySelector(".remove")?.classList.add("visually-hidden");
      row.querySelector("[data-row-tools]").prepend(handle, up, down, make(words.remove, () => remove(row)));
      if (tick?.checked) row.hidden = true; // taken out before an error brought the form back
    };
    const add = () => {
      const holder = document.createElement("div");
      holder.append(pattern.content.cloneNode(true));
      holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", total.value);
      const row = holder.firstElementChild;
      total.value = Number(total.value) + 1;
      list.append(row);
      row.dispatchEvent(new CustomEvent("desk:row", { bubbles: true }));
      equip(row);
      renumber();
      return row;
    };
    group.addRow = add;
    kept().forEach(equip);
    renumber();
    const more = group.querySelector("[data-row-add]");
    if (pattern && more) {
      more.hidden = false;
      more.addEventListener("click", () => {
        const row = add();
        status.textContent = words.added;
        row.querySelector("select, input[type=text]").focus();
      });
    }
  }

  document.querySelectorAll("[data-rows]").forEach(start);
})();
