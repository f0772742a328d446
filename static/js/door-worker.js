// Answers for the page of the door, and for nothing else, when there is no connection. What it hands out was put into the
// cache by the page itself (door.js) and names nobody.

const CACHE = "door";
const PATIENCE = 4000; // milliseconds: a bad connection is as good as none

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const page = new URL(self.registration.scope).pathname;

async function fresh(request) {
  return fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
}

async function answerPage(request) {
  try {
    return await fresh(request);
  } catch {
    return (await caches.match(page, { cacheName: CACHE })) ?? Response.error();
  }
}

async function answerFile(request) {
  const kept = await caches.match(request, { cacheName: CACHE });
  if (!kept) return fetch(request);
  try {
    return await fresh(request);
  } catch {
    return kept;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === page) event.respondWith(answerPage(request));
  } else if (["style", "script", "image"].includes(request.destination)) {
    event.respondWith(answerFile(request));
  }
});
