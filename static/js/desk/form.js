// The forms of the editors' desk: suggestions while typing, pictures, saving by key, the hour of publishing, the editor's toolbar.
// Every task can be done without this file.
(() => {
  "use strict";

  // The admin's own catalogue of words, where the page has loaded it.
  const gettext = window.gettext ?? ((text) => text);
  const fill = (text, values) => gettext(text).replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
  const words = {
    found: (count) => fill("Suggestions: %(count)s", { count }),
    none: gettext("Nothing of this name yet"),
    scheduleFor: gettext("Schedule for"),
    suggestions: gettext("Suggestions"),
  };
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // --- Finder: a combobox as WAI-ARIA describes it, over the admin's own suggestions -------------------------------
  let finders = 0;

  function startFinder(box) {
    const input = box.querySelector("input[type=text]");
    const key = box.querySelector("input[type=hidden]");
    if (!input || input.getAttribute("role") === "combobox") return;
    const list = make("ul", { id: `finder-${(finders += 1)}`, className: "finder-list", hidden: true });
    const status = make("span", { className: "finder-status" });
    status.setAttribute("role", "status");
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() || words.suggestions);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
      input.setAttribute(name, value);
    }
    box.append(list, status);
    let active = -1;
    let wait = 0;
    let asked = 0;

    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (index) => {
      const options = [...list.children];
      if (!options.length) return;
      active = (index + options.length) % options.length;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    };
    const choose = (option) => {
      input.value = option.dataset.text;
      key.value = option.dataset.key;
      status.textContent = "";
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const show = (results) => {
      list.replaceChildren(
        ...results.map((result, place) => {
          const option = make("li", { id: `${list.id}-${place}` }, make("span", { textContent: result.text }));
          if (result.note) option.append(make("small", { textContent: result.note }));
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          Object.assign(option.dataset, { key: result.id, text: result.text });
          option.addEventListener("mousedown", (event) => {
            event.preventDefault(); // keep the focus in the box
            choose(option);
          });
          return option;
        }),
      );
      list.hidden = !results.length;
      input.setAttribute("aria-expanded", String(Boolean(results.length)));
      active = -1;
      status.classList.toggle("visually-hidden", results.length > 0);
      status.textContent = results.length ? words.found(results.length) : (box.dataset.unknown ?? words.none);
    };
    const ask = async () => {
      const term = input.value.trim();
      if (term.length < 2) {
        status.textContent = "";
        return close();
      }
      const turn = (asked += 1);
      try {
        const answer = await fetch(`${box.dataset.source}&term=${encodeURIComponent(term)}`, {
          headers: { Accept: "application/json" },
        });
        if (!answer.ok || answer.redirected) return close();
        const { results } = await answer.json();
        if (turn === asked && document.activeElement === input) show(results.slice(0, 12));
      } catch {
        close(); // off line: the name can still be typed in full
      }
    };
    input.addEventListener("input", () => {
      key.value = "";
      clearTimeout(wait);
      wait = setTimeout(ask, 180);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask();
        else mark(active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        if (active >= 0) choose(list.children[active]);
        else close();
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
  }

  // --- Pictures: ask for a description only when there is something to describe -------------------------------------
  function startPictures(form) {
    const file = form.querySelector("[name=new_image]");
    const rowOf = (name) => form.querySelector(`.form-row.field-${name}`);
    const decorative = form.querySelector("[name=new_image_is_decorative], [name=is_decorative]");
    const alt = form.querySelector("[name=new_image_alt], [name=alt]");
    const update = () => {
      if (file) {
        const wanted = file.files.length > 0 || Boolean(form.querySelector(".field-new_image_alt .errorlist, .field-new_image_credit .errorlist"));
        for (const name of ["new_image_alt", "new_image_is_decorative", "new_image_credit"]) rowOf(name)?.toggleAttribute("hidden", !wanted);
      }
      if (alt && decorative) alt.readOnly = decorative.checked;
    };
    file?.addEventListener("change", update);
    decorative?.addEventListener("change", update);
    update();
  }

  function startFocalPoint(form) {
    const picture = form.querySelector(".focal-picture");
    const [x, y] = ["focal_x", "focal_y"].map((name) => form.querySelector(`[name=${name}]`));
    if (!picture || !x || !y) return;
    const frame = make("span", { className: "focal-frame" });
    const point = make("span", { className: "focal-point" });
    picture.replaceWith(frame);
    frame.append(picture, point);
    const place = () => {
      point.style.left = `${x.value}%`;
      point.style.top = `${y.value}%`;
    };
    picture.addEventListener("click", (event) => {
      const area = picture.getBoundingClientRect();
      x.value = Math.round((100 * (event.clientX - area.left)) / area.width);
      y.value = Math.round((100 * (event.clientY - area.top)) / area.height);
      x.dispatchEvent(new Event("change", { bubbles: true }));
      place();
    });
    for (const input of [x, y]) input.addEventListener("input", place);
    place();
  }

  // --- Saving from wherever one is: with the Tab key the button is a long form away ----------------------------------
  function startSavingByKey(form) {
    const button = form.querySelector("[name=_save], .submit-row .default");
    if (!button) return;
    button.setAttribute("aria-keyshortcuts", "Control+S Meta+S");
    button.after(make("kbd", { textContent: /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘S" : "Ctrl+S" }));
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (!event.repeat) button.click();
    });
  }

  // --- The schedule button says when, in Singapore and, where it differs, in the editor's own time -------------------
  const inZone = (moment, zone, suffix) => {
    const part = Object.fromEntries(
      new Intl.DateTimeFormat("en-GB", {
        timeZone: zone, weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
      }).formatToParts(moment).map(({ type, value }) => [type, value]),
    );
    return `${part.weekday} ${part.day} ${part.month} ${part.year}, ${part.hour}:${part.minute} ${suffix}`;
  };

  function startSchedule(box) {
    const input = box.querySelector("input");
    const button = box.querySelector("[data-schedule-button]");
    const note = box.querySelector("[data-schedule-note]");
    if (!input || !button) return;
    const plain = button.textContent;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const update = () => {
      const isWhole = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d$/.test(input.value.trim());
      const moment = isWhole ? new Date(`${input.value.trim().replace(" ", "T")}+08:00`) : null; // Singapore time
      if (!moment || Number.isNaN(moment.valueOf())) {
        button.textContent = plain;
        if (note) note.textContent = "";
        return;
      }
      button.textContent = `${words.scheduleFor} ${inZone(moment, "Asia/Singapore", "SGT")}`;
      const here = inZone(moment, own, "");
      if (note) note.textContent = here.trim() === inZone(moment, "Asia/Singapore", "").trim() ? "" : `${here.trim()} (${own})`;
    };
    input.addEventListener("input", update);
    update();
  }

  // --- The editor's toolbar: handlers as listeners; the keyboard comes to it with Alt+F10, as CKEditor has it ----------
  function startToolbar(editor) {
    for (const button of editor.container.$.querySelectorAll("[onclick]")) {
      const handler = button.onclick;
      button.removeAttribute("onclick");
      button.addEventListener("click", (event) => {
        // In an attribute "return false" stops the link, whose address is javascript:; in a listener this does.
        if (handler.call(button, event) === false) event.preventDefault();
      });
    }
  }

  window.CKEDITOR?.on("instanceReady", (event) => startToolbar(event.editor));

  // On a phone the list comes first: filters are folded until asked for.
  if (matchMedia("(max-width: 48rem)").matches) {
    for (const filter of document.querySelectorAll("#changelist-filter details")) filter.open = false;
    // Cells stand below one another there, without the heads of their columns: a dash says nothing, and a bare figure, a
    // mark of yes and no, or a field takes its head along.
    const heads = [...document.querySelectorAll("#result_list thead th")].map((head) => head.querySelector(".text")?.textContent.trim());
    for (const cell of document.querySelectorAll("#result_list td")) {
      const text = cell.textContent.trim();
      cell.hidden = /^[-–]$/.test(text);
      const isBare = text ? /^[\d,.]+( ?%)?$/.test(text) : cell.querySelector("img[src*='/icon-'], input[type=number], input[type=text]");
      if (isBare && heads[cell.cellIndex]) cell.dataset.head = heads[cell.cellIndex];
    }
  }

  document.querySelectorAll("[data-finder]").forEach(startFinder);
  document.addEventListener("desk:row", (event) => event.target.querySelectorAll("[data-finder]").forEach(startFinder));
  document.querySelectorAll("[data-schedule]").forEach(startSchedule);
  document.getElementById("error-summary")?.focus();
  const form = document.querySelector("body.change-form #content-main form[method=post]");
  if (form) {
    startPictures(form);
    startFocalPoint(form);
    startSavingByKey(form);
  }
})();
