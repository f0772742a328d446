// Figures of the registration desk, as they stand now.

const AGAIN = 20_000; // milliseconds
const root = document.querySelector("[data-counts]");

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(root.dataset.counts).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const counts = await response.json();
  for (const place of root.querySelectorAll("[data-count]")) place.textContent = counts[place.dataset.count];
}

if (root) setInterval(refresh, AGAIN);

for (const box of document.querySelectorAll("[data-all]")) {
  box.hidden = false;
  box.querySelector("input").addEventListener("change", (event) => {
    for (const one of document.querySelectorAll("input[name=chosen]")) one.checked = event.target.checked;
  });
}
