// A page of the desk whose figures move while somebody looks: its part is read again every few seconds.
const part = document.querySelector("[data-live]");
const seconds = Number(part?.dataset.live);

async function renew() {
  if (document.hidden || part.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (!fresh) return;
  part.replaceChildren(...fresh.childNodes);
  if (!Number(fresh.dataset.live)) clearInterval(turn);
}

const turn = seconds ? setInterval(renew, seconds * 1000) : 0;
