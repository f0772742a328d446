// The editors' desk: suggestions while typing, rows of authors, and a keeper of work not yet saved.
// Every task can be done without this file.
(() => {
  "use strict";

  // The admin's own catalogue of words, where the page has loaded it.
  const gettext = window.gettext ?? ((text) => text);
  const fill = (text, values) => gettext(text).replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
  const words = {
    broughtBack: gettext("What you typed is back in the form. Save it to keep it."),
    bringBack: (time) => fill("Bring back what you typed at %(time)s", { time }),
    changedSince: gettext("The piece has been saved since by somebody. Compare before you save."),
    discard: gettext("Throw it away"),
    down: gettext("Down"),
    found: (count) => fill("Suggestions: %(count)s", { count }),
    kept: (time) => fill("Saved in this browser %(time)s", { time }),
    moved: (name, place, count) => fill("%(name)s is now number %(place)s of %(count)s.", { name, place, count }),
    nameless: gettext("The author without a name"),
    none: gettext("Nothing of this name yet"),
    notSaved: gettext("Work from this browser was not saved."),
    remove: gettext("Remove"),
    removed: (name) => fill("%(name)s is removed when you save.", { name }),
    scheduleFor: gettext("Schedule for"),
    suggestions: gettext("Suggestions"),
    up: gettext("Up"),
  };
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const clock = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

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

  // --- Authors: up, down, remove, add --------------------------------------------------------------------------------
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
        const element = make("button", { type: "button", className: "quiet-button", textContent: label });
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
      row.querySelectorAll("[data-finder]").forEach(startFinder);
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

  // --- The keeper: what was typed outlives a crash, a reload and an expired session ----------------------------------
  const STORE = "desk:";
  const PENDING = "desk-pending";
  const DRAFTS = 5; // of one form: other tabs, earlier visits
  const read = (key) => {
    try {
      const drafts = JSON.parse(localStorage.getItem(key));
      return Array.isArray(drafts) ? drafts : [];
    } catch {
      return [];
    }
  };
  const write = (key, drafts) => {
    if (drafts.length) localStorage.setItem(key, JSON.stringify(drafts.slice(0, DRAFTS)));
    else localStorage.removeItem(key);
  };
  const forget = (key, id) => write(key, read(key).filter((draft) => draft.id !== id));
  const readPending = () => {
    try {
      return JSON.parse(sessionStorage.getItem(PENDING));
    } catch {
      return null; // storage is off in this browser
    }
  };

  function forgetWhatWasSaved() {
    const pending = readPending();
    const isSaved = document.querySelector(".messagelist :is(.success, .info)") && !document.getElementById("error-summary");
    if (pending && isSaved) {
      forget(pending.key, pending.id);
      sessionStorage.removeItem(PENDING);
    }
  }

  function startKeeper(form) {
    const key = STORE + location.pathname + location.search;
    const version = form.querySelector("[name=version], [name=_version]")?.value ?? form.dataset.version ?? "";
    const skip = new Set(["csrfmiddlewaretoken", "version", "_version"]);
    const editors = () => Object.values(window.CKEDITOR?.instances ?? {}).filter((editor) => form.contains(editor.element?.$));
    const status = make("p", { className: "keeper-status" });
    status.setAttribute("role", "status");
    const cameBack = Boolean(document.getElementById("error-summary")); // the form holds what was typed, unsaved
    const id = (cameBack && readPending()?.id) || `${Date.now()}-${Math.random()}`; // of the draft in this form
    let leaving = false;

    const fields = () => {
      const found = {};
      for (const field of form.elements) {
        if (!field.name || skip.has(field.name) || ["file", "submit", "button", "password"].includes(field.type)) continue;
        if (["checkbox", "radio"].includes(field.type)) {
          found[field.name] ??= [];
          if (field.checked) found[field.name].push(field.value);
        } else if (field.multiple) found[field.name] = [...field.selectedOptions].map((option) => option.value);
        else found[field.name] = field.value;
      }
      for (const editor of editors()) if (editor.status === "ready") found[editor.name] = editor.getData();
      return found;
    };
    const signature = (found) => JSON.stringify(Object.entries(found).sort());
    // Compared with from the first letter on; an editor joins at the moment in which it can be typed into.
    const untouched = fields();
    window.CKEDITOR?.on("instanceReady", ({ editor }) => {
      if (form.contains(editor.element.$)) untouched[editor.name] = editor.getData();
    });
    const isDirty = () => cameBack || signature(fields()) !== signature(untouched);
    let last = "";
    const keep = () => {
      const now = fields();
      if (!isDirty() || signature(now) === last) return;
      try {
        const at = Date.now();
        write(key, [{ id, at, version, fields: now }, ...read(key).filter((draft) => draft.id !== id)]);
        last = signature(now);
        if (status.textContent !== words.kept(clock(at))) status.textContent = words.kept(clock(at));
      } catch {
        // No room or no permission: saving to the server still works.
      }
    };
    const restore = (kept) => {
      for (const group of form.querySelectorAll("[data-authors], [data-rows]")) {
        const wanted = Number(kept[`${group.dataset.prefix}-TOTAL_FORMS`] ?? 0);
        const total = group.querySelector(`[name="${group.dataset.prefix}-TOTAL_FORMS"]`);
        while (group.addRow && total && Number(total.value) < wanted) group.addRow();
      }
      for (const field of form.elements) {
        if (!(field.name in kept) || skip.has(field.name) || field.type === "file") continue;
        const value = kept[field.name];
        if (["checkbox", "radio"].includes(field.type)) field.checked = value.includes(field.value);
        else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
        else field.value = value;
      }
      for (const editor of editors()) if (editor.name in kept) editor.setData(kept[editor.name]);
    };
    const offer = (kept) => {
      const text = [words.notSaved];
      if (kept.version !== version) text.push(words.changedSince);
      const box = make("div", { className: "keeper-offer" }, make("p", { textContent: text.join(" ") }));
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", words.notSaved);
      const back = make("button", { type: "button", className: "button", textContent: words.bringBack(clock(kept.at)) });
      const discard = make("button", { type: "button", className: "quiet-button", textContent: words.discard });
      back.addEventListener("click", () => {
        restore(kept.fields);
        keep();
        forget(key, kept.id);
        box.remove();
        status.textContent = words.broughtBack;
        form.querySelector("textarea, input[type=text]")?.focus();
      });
      discard.addEventListener("click", () => {
        forget(key, kept.id);
        box.remove();
      });
      box.append(make("div", { className: "buttons" }, back, discard));
      form.before(box);
    };
    const offerWhenEditorsAreReady = (tries) => {
      const waiting = form.querySelector("textarea[data-type=ckeditortype]") && (!editors().length || editors().some((editor) => editor.status !== "ready"));
      if (waiting && tries) setTimeout(offerWhenEditorsAreReady, 150, tries - 1);
      else read(key).filter((kept) => kept.id !== id && signature(kept.fields) !== signature(untouched)).forEach(offer);
    };

    (form.querySelector(".submit-row") ?? form).append(status);
    form.addEventListener("submit", (event) => {
      keep();
      if (event.submitter?.formTarget) return; // a preview in another window
      leaving = true;
      sessionStorage.setItem(PENDING, JSON.stringify({ key, id }));
    });
    window.addEventListener("beforeunload", (event) => {
      if (leaving || !isDirty()) return;
      keep();
      event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => document.hidden && keep());
    setInterval(keep, 3000);
    if (!cameBack) offerWhenEditorsAreReady(40);
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
    // Cells stand below one another there, without the heads of their columns: a dash says nothing.
    for (const cell of document.querySelectorAll("#result_list td")) cell.hidden = /^[-–]$/.test(cell.textContent.trim());
  }

  document.querySelectorAll("[data-finder]").forEach(startFinder);
  document.addEventListener("desk:row", (event) => event.target.querySelectorAll("[data-finder]").forEach(startFinder));
  document.querySelectorAll("[data-authors]").forEach(startAuthors);
  document.querySelectorAll("[data-schedule]").forEach(startSchedule);
  document.getElementById("error-summary")?.focus();
  try {
    forgetWhatWasSaved();
  } catch {
    // Storage is off in this browser.
  }
  const form = document.querySelector("body.change-form #content-main form[method=post]");
  if (form) {
    startPictures(form);
    startFocalPoint(form);
    startSavingByKey(form);
    startKeeper(form);
  }
})();
