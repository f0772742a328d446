// Lines of the menu can be dragged; the buttons beside each do the same without a mouse and without this script.
const form = document.querySelector("[data-menu-drop]");
const LINE = ".menu-line";
const MARKS = ["drop-before", "drop-after", "drop-under"];
let dragged = null;
let drop = null;

const unmark = () => {
  for (const one of document.querySelectorAll(MARKS.map((mark) => `.${mark}`).join())) one.classList.remove(...MARKS);
  drop = null;
};

// The upper quarter of a line is before it, the lower quarter after it, the middle under it where there are levels.
const placeAt = (line, y) => {
  const box = line.querySelector(".menu-line-row").getBoundingClientRect();
  const part = (y - box.top) / box.height;
  const hasLevels = line.closest("[data-menu-list]") === document.querySelector("[data-menu-list]");
  if (hasLevels && part > 0.3 && part < 0.7) return "drop-under";
  return part < 0.5 ? "drop-before" : "drop-after";
};

const send = () => {
  const { line, place } = drop;
  const list = place === "drop-under" ? line.querySelector("ol") : line.parentElement;
  const others = [...(list?.children ?? [])].filter((one) => one !== dragged);
  const above = place === "drop-under" ? line : line.parentElement.closest(LINE);
  form.elements.item.value = dragged.dataset.item;
  form.elements.parent.value = above?.dataset.item ?? "";
  form.elements.at.value = place === "drop-under" ? others.length : others.indexOf(line) + (place === "drop-after" ? 1 : 0);
  form.submit();
};

if (form) {
  for (const line of document.querySelectorAll(LINE)) {
    line.draggable = true;
    line.addEventListener("dragstart", (event) => {
      event.stopPropagation();
      dragged = line;
      line.classList.add("is-dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", line.dataset.item);
    });
    line.addEventListener("dragover", (event) => {
      event.stopPropagation();
      unmark();
      if (!dragged || dragged.contains(line) || dragged.closest("[data-menu-list]") !== line.closest("[data-menu-list]")) return;
      event.preventDefault();
      drop = { line, place: placeAt(line, event.clientY) };
      line.classList.add(drop.place);
    });
    line.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (drop) send();
    });
    line.addEventListener("dragend", () => {
      line.classList.remove("is-dragged");
      unmark();
      dragged = null;
    });
  }
}
