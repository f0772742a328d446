// The door without a connection: names are kept for some hours, arrivals in a queue until the server has them. Each arrival
// has an id made here, so that it counts once however often it is sent. Without this script the page works with a connection.

const KEPT = 12 * 3600 * 1000; // milliseconds
const AGAIN = 15_000;
const CACHE = "door";

const root = document.querySelector("[data-door]");
const part = (name) => root.querySelector(`[data-${name}]`);
const say = (word, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), root.dataset[`say${word}`]);
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: "Asia/Singapore", hour: "2-digit", minute: "2-digit" });

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// --- What is kept on the telephone -------------------------------------------------------------------------------------
function openStore() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("door", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("queue", { keyPath: "id" });
      asked.result.createObjectStore("lists", { keyPath: "desk" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

function within(store, name, mode, work) {
  return new Promise((done, failed) => {
    const transaction = store.transaction(name, mode);
    const asked = work(transaction.objectStore(name));
    transaction.oncomplete = () => done(asked?.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
}

class Door {
  constructor(store) {
    this.store = store;
    this.desk = root.dataset.desk;
    this.people = new Map();
    this.counts = { here: Number(part("here").textContent), confirmed: Number(part("confirmed").textContent) };
    this.queue = [];
    this.isOnline = navigator.onLine;
    this.mustSignIn = false;
    this.isSending = false;
  }

  async load() {
    const kept = await within(this.store, "lists", "readonly", (lists) => lists.get(this.desk));
    if (kept && Date.now() - kept.at < KEPT) this.take(kept);
    else if (kept) await within(this.store, "lists", "readwrite", (lists) => lists.delete(this.desk));
    const all = await within(this.store, "queue", "readonly", (queue) => queue.getAll());
    this.queue = all.filter((one) => one.desk === this.desk);
  }

  take({ people, counts }) {
    this.people = new Map(people.map((one) => [one.mark, one]));
    this.counts = counts;
  }

  // --- Talking to the server ---------------------------------------------------------------------------------------------
  async ask(address, options = {}) {
    const response = await fetch(address, { ...options, signal: AbortSignal.timeout(10_000) });
    if (response.redirected || response.status === 401) throw new SignedOut();
    if (!response.ok) throw new Refusal(response.status);
    return response.json();
  }

  async refresh() {
    const found = await this.ask(root.dataset.people);
    this.take(found);
    await within(this.store, "lists", "readwrite", (lists) => lists.put({ desk: this.desk, at: Date.now(), ...found }));
  }

  async send(arrivals, mayRetry = true) {
    try {
      return await this.ask(root.dataset.sync, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": root.querySelector("[name=csrfmiddlewaretoken]").value },
        body: JSON.stringify({ arrivals }),
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 403 || !mayRetry) throw error;
      await this.renewToken(); // somebody signed in again meanwhile
      return this.send(arrivals, false);
    }
  }

  async renewToken() {
    const response = await fetch(root.dataset.page);
    if (response.redirected) throw new SignedOut();
    const found = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
    for (const field of root.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = found.value;
  }

  async sync() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let waiting = this.unsent(); waiting.length; waiting = this.unsent()) {
        const some = waiting.slice(0, 100);
        await this.settle(some, await this.send(some));
      }
      await this.refresh();
      this.isOnline = true;
      this.mustSignIn = false;
    } catch (error) {
      this.mustSignIn = error instanceof SignedOut;
      this.isOnline = this.mustSignIn;
    } finally {
      this.isSending = false;
    }
    show();
  }

  async settle(sent, { results, counts }) {
    for (const one of sent) {
      const result = results[one.id];
      if (!result) throw new Refusal(500);
      if (result.ok) {
        const person = this.people.get(result.mark);
        if (person) person.at = result.at; // known before the list comes again
        await within(this.store, "queue", "readwrite", (queue) => queue.delete(one.id));
        this.queue = this.queue.filter((other) => other.id !== one.id);
      } else {
        one.problem = result.words;
        await within(this.store, "queue", "readwrite", (queue) => queue.put(one));
      }
    }
    this.counts = counts;
  }

  // --- Arrivals ------------------------------------------------------------------------------------------------------------
  unsent() {
    return this.queue.filter((one) => !one.problem);
  }

  arrivalOf(mark) {
    return this.people.get(mark)?.at ?? this.unsent().find((one) => one.mark === mark)?.at;
  }

  async arrive(arrival) {
    const one = { id: newId(), desk: this.desk, at: Date.now(), ...arrival };
    this.queue.push(one); // first, so that a second press finds it
    await within(this.store, "queue", "readwrite", (queue) => queue.put(one)); // kept before anything is said
    show();
    this.sync();
  }

  async dismiss(id) {
    await within(this.store, "queue", "readwrite", (queue) => queue.delete(id));
    this.queue = this.queue.filter((one) => one.id !== id);
    show();
  }

  find(words) {
    const wanted = plain(words).split(/\s+/).filter(Boolean);
    const all = [...this.people.values()];
    return all.filter((one) => wanted.every((word) => plain(`${one.name} ${one.of}`).includes(word))).slice(0, 30);
  }

  async forget() {
    await within(this.store, "lists", "readwrite", (lists) => lists.clear());
    await caches?.delete(CACHE);
    for (const one of (await navigator.serviceWorker?.getRegistrations()) ?? []) await one.unregister();
  }
}

class SignedOut extends Error {}

class Refusal extends Error {
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

// --- What is shown ---------------------------------------------------------------------------------------------------------
let door;
let words = "";

function show() {
  const unsent = door.unsent();
  part("here").textContent = door.counts.here + unsent.filter((one) => !door.people.get(one.mark)?.at).length;
  part("confirmed").textContent = door.counts.confirmed;
  const line = part("line");
  line.textContent = door.mustSignIn ? say("SignIn", { count: unsent.length })
    : !door.isOnline ? say("Offline", { count: unsent.length })
    : unsent.length ? say("Sending", { count: unsent.length }) : say("Online");
  line.classList.toggle("is-offline", !door.isOnline || door.mustSignIn);
  part("sign-in").hidden = !door.mustSignIn;
  showProblems();
  showFound();
}

function showProblems() {
  const problems = door.queue.filter((one) => one.problem);
  part("problems").replaceChildren(...problems.map((one) => {
    const row = part("problem").content.firstElementChild.cloneNode(true);
    row.querySelector("p").textContent = `${one.name ?? door.people.get(one.mark)?.name ?? say("Code")}: ${one.problem}`;
    row.querySelector("[data-dismiss]").addEventListener("click", () => door.dismiss(one.id));
    const admit = row.querySelector("[data-admit]");
    admit.hidden = !one.mark;
    admit.addEventListener("click", async () => {
      await door.dismiss(one.id);
      await door.arrive({ mark: one.mark, admit: true });
    });
    return row;
  }));
}

function showFound() {
  if (!words) return part("list").replaceChildren();
  const found = door.find(words);
  part("list").replaceChildren(...found.map(rowOf));
  part("found").textContent = found.length ? "" : say("Nobody");
}

function rowOf(one) {
  const row = part("row").content.firstElementChild.cloneNode(true);
  const at = door.arrivalOf(one.mark);
  row.querySelector("[data-name]").textContent = one.name;
  row.querySelector("[data-of]").textContent = [one.of, one.guests ? `+${one.guests}` : ""].filter(Boolean).join(" · ");
  const button = row.querySelector("button");
  const standing = row.querySelector("[data-standing]");
  button.hidden = Boolean(at);
  if (at) standing.textContent = say("Here", { time: clock(at) });
  else if (one.state !== "confirmed") {
    standing.textContent = root.dataset[one.state];
    button.textContent = say("Admit");
  }
  button.setAttribute("aria-label", `${button.textContent}: ${one.name}`);
  button.addEventListener("click", () => comeIn(one, one.state !== "confirmed"));
  return row;
}

async function comeIn(one, admit = false) {
  await door.arrive(admit ? { mark: one.mark, admit } : { mark: one.mark });
  part("told").textContent = `${one.name}: ${say("Here", { time: clock(Date.now()) })}`;
}

// --- Reading codes -----------------------------------------------------------------------------------------------------------
const markIn = (text) => /([0-9a-f]{32})\/?\s*$/i.exec(text.trim().replaceAll("-", ""))?.[1].toLowerCase();

async function readCode(text) {
  const mark = markIn(text);
  if (!mark) return false;
  const one = door.people.get(mark) ?? { mark, name: say("Code"), state: "confirmed" };
  const at = door.arrivalOf(mark);
  if (at) part("told").textContent = `${one.name}: ${say("Already", { time: clock(at) })}`;
  else if (one.state === "confirmed") await comeIn(one);
  else {
    words = one.name;
    show();
  }
  return true;
}

async function scan(button) {
  const video = part("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const stop = () => {
    stream.getTracks().forEach((track) => track.stop());
    video.hidden = true;
    video.srcObject = null;
    button.textContent = say("Scan");
  };
  video.srcObject = stream;
  video.hidden = false;
  button.textContent = say("Stop");
  button.addEventListener("click", stop, { once: true });
  await video.play();
  while (video.srcObject) {
    const [code] = await detector.detect(video).catch(() => []);
    if (code && (await readCode(code.rawValue))) {
      navigator.vibrate?.(80);
      stop();
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}

// --- Begin -------------------------------------------------------------------------------------------------------------------
async function keepForLater() {
  if (!("serviceWorker" in navigator)) return;
  const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src);
  const cache = await caches.open(CACHE);
  await cache.addAll([root.dataset.page, ...files]);
  await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.page });
}

async function start() {
  door = new Door(await openStore());
  await door.load();
  const search = part("search");
  words = search.value;
  search.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = search.value;
    if (markIn(text)) {
      search.value = words = ""; // at once: the next code may be read before this one is sent
      await readCode(text);
    }
    show();
  });
  search.addEventListener("input", () => {
    words = search.value.trim();
    showFound();
  });
  const walkIn = part("walk-in");
  walkIn.addEventListener("submit", async (event) => {
    if (!walkIn.reportValidity()) return event.preventDefault();
    event.preventDefault();
    const { name, email } = Object.fromEntries(new FormData(walkIn));
    walkIn.reset();
    walkIn.querySelector("input[type=text]").focus();
    await door.arrive({ name, email });
    part("told").textContent = `${name}: ${say("Here", { time: clock(Date.now()) })}`;
  });
  const button = part("scan");
  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (part("video").hidden) scan(button).catch(() => { part("told").textContent = say("NoCamera"); });
    });
  }
  const forget = part("forget");
  forget.hidden = false;
  forget.addEventListener("click", async () => {
    if (door.unsent().length) part("told").textContent = say("Unsent", { count: door.unsent().length });
    else {
      await door.forget();
      location.assign(root.dataset.back);
    }
  });
  addEventListener("online", () => door.sync());
  addEventListener("offline", () => { door.isOnline = false; show(); });
  setInterval(() => door.sync(), AGAIN);
  show();
  await door.sync();
  if (markIn(words)) {
    const one = door.people.get(markIn(words));
    if (one) { search.value = words = one.name; show(); }
  }
  if (door.isOnline && !door.mustSignIn) await keepForLater().catch(() => { /* no room, or a private window: works with a connection */ });
  root.dataset.ready = "yes";
}

if (root && "indexedDB" in window) start();
