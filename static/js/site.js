// The one public script: each behaviour is an enhancement of a page that works without it.

// Light or dark, remembered in this browser only.
const theme = document.querySelector("[data-theme-switch]");
if (theme) {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const show = () => { theme.textContent = dark() ? theme.dataset.light : theme.dataset.dark; };
  if (stored()) root.dataset.theme = stored();
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window: kept for this page */ }
    show();
  });
  show();
}

// Print, and copy the address.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
}

// Players and discussions of others load only when asked for.
for (const button of document.querySelectorAll("[data-player]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = button.dataset.player;
    frame.title = button.dataset.title;
    frame.allow = "autoplay; fullscreen";
    button.closest(".player").replaceChildren(frame);
    frame.focus();
  });
}
for (const button of document.querySelectorAll("[data-disqus]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const thread = document.createElement("div");
    thread.id = "disqus_thread";
    const script = document.createElement("script");
    script.src = `https://${button.dataset.disqus}.disqus.com/embed.js`;
    script.dataset.timestamp = String(Date.now());
    button.replaceWith(thread);
    document.head.append(script);
  });
}

// A share menu closes with Escape and on a click beside it.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}

// On wide screens the facets and contents stand open; on narrow ones they are folded.
if (matchMedia("(max-width: 959px)").matches) {
  for (const fold of document.querySelectorAll("details[data-fold]")) fold.open = false;
}

// The menu opens, closes and drills down without this. Here: Escape, arrow keys, a click or a step of the Tab key beside it.
const menu = document.querySelector("[data-main-menu]");
if (menu) {
  const wide = matchMedia("(min-width: 960px)");
  const drawer = menu.querySelector("details");
  const isShown = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
  const stops = (within, what = "a, summary") => [...within.querySelectorAll(what)].filter(isShown);
  const sectionOf = (element) => element.closest(".section > details");
  const closeAll = () => { for (const one of menu.querySelectorAll("details[open]")) one.open = false; };

  // Browsers that cannot show what is folded: everything that the wide look shows flat stands open.
  const unfold = () => { if (wide.matches) for (const one of menu.querySelectorAll(".flat")) { one.removeAttribute("name"); one.open = true; } };
  if (!CSS.supports("selector(::details-content)")) { unfold(); wide.addEventListener("change", unfold); }

  menu.addEventListener("keydown", (event) => {
    const here = document.activeElement;
    if (event.key === "Escape") {
      const open = wide.matches ? menu.querySelector(".section > details[open]") : here.closest("details[open]") || menu.querySelector("details[open]");
      if (!open) return;
      open.open = false;
      open.querySelector("summary").focus();
      event.preventDefault();
      return;
    }
    const panel = sectionOf(here)?.querySelector(".panel");
    const within = panel?.contains(here) ? panel : null;
    const row = within || !wide.matches ? stops(within || drawer) : stops(menu, ".section > a, .section > details > summary");
    const steps = within || !wide.matches ? { ArrowDown: 1, ArrowUp: -1 } : { ArrowRight: 1, ArrowLeft: -1 };
    let target = null;
    if (event.key in steps) target = row[row.indexOf(here) + steps[event.key]];
    else if (event.key === "Home") target = row[0];
    else if (event.key === "End") target = row.at(-1);
    else if (event.key === "ArrowDown" && wide.matches) {
      const fold = here.closest(".section")?.querySelector("details");
      if (fold) { fold.open = true; target = stops(fold.querySelector(".panel"), "a")[0]; }
    }
    if (within && event.key === "ArrowUp" && !target) target = sectionOf(here).querySelector("summary");
    if (target) { target.focus(); event.preventDefault(); }
  });
  addEventListener("click", (event) => { if (wide.matches && !menu.contains(event.target)) closeAll(); });
  menu.addEventListener("focusout", (event) => {
    const open = menu.querySelector(".section > details[open]");
    if (wide.matches && open && event.relatedTarget && !open.contains(event.relatedTarget)) open.open = false;
  });
  wide.addEventListener("change", closeAll);
}

// Letters left in a box with a limit: shown with each one, said when the typing stops.
for (const box of document.querySelectorAll("textarea[data-limit]")) {
  const shown = document.querySelector(`[data-count-of="${box.id}"]`);
  const said = document.querySelector(`[data-said-of="${box.id}"]`);
  const limit = Number(box.dataset.limit);
  let pause;
  const count = () => {
    const length = [...box.value.normalize("NFC")].length;
    shown.textContent = length;
    shown.parentElement.classList.toggle("over", length > limit);
    return length;
  };
  box.addEventListener("input", () => {
    const length = count();
    clearTimeout(pause);
    pause = setTimeout(() => {
      said.textContent = length > limit ? `${length - limit} ${said.dataset.over}` : `${length} ${said.dataset.words}`;
    }, 1000);
  });
  count(); // what the browser kept from before
}

// When an event is by the reader's own clock, if that shows another hour than those on the page.
for (const line of document.querySelectorAll("[data-own-time]")) {
  const [starts, ends] = [new Date(line.dataset.starts), new Date(line.dataset.ends)];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = (timeZone) => new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "short", timeZone }).format(starts);
  if (!zone || [line.dataset.zone, "Asia/Singapore"].some((known) => clock(known) === clock(zone))) continue;
  const span = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: zone });
  const city = zone.split("/").pop().replaceAll("_", " ");
  line.textContent = line.dataset.words.replace("%zone%", city).replace("%time%", span.formatRange(starts, ends));
  line.hidden = false;
}
