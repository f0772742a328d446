// The keeper of work not yet saved: what was typed outlives a crash, a reload and an expired session.
(() => {
  "use strict";

  const gettext = window.gettext ?? ((text) => text);
  const fill = (text, values) => gettext(text).replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
  const words = {
    broughtBack: gettext("What you typed is back in the form. Save it to keep it."),
    bringBack: (time) => fill("Bring back what you typed at %(time)s", { time }),
    changedSince: gettext("The piece has been saved since by somebody. Compare before you save."),
    discard: gettext("Throw it away"),
    kept: (time) => fill("Saved in this browser %(time)s", { time }),
    notSaved: gettext("Work from this browser was not saved."),
  };
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const clock = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

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

  try {
    forgetWhatWasSaved();
  } catch {
    // Storage is off in this browser.
  }
  const form = document.querySelector("body.change-form #content-main form[method=post]");
  if (form) startKeeper(form);
})();
