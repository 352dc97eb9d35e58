// The tablet's page and all it needs, kept on the tablet. VERSION, ASSETS, PAGES and
// LATER (files kept once they were used) stand before this text.

const CACHE = "kiosk-" + VERSION;

async function digest(answer) {
  const bits = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
  return Array.from(new Uint8Array(bits), (b) => b.toString(16).padStart(2, "0")).join("");
}

// A captive portal answers 200 with a page of its own, and a bad line cuts files short: our pages
// name themselves, every other file has the digest that this version knows of it.
async function ours(address, answer) {
  if (!answer.ok || answer.redirected) return false;
  if (PAGES.includes(address)) return answer.headers.get("X-Kiosk") === "tablet";
  return (await digest(answer.clone())) === ASSETS[address];
}

async function fill() {
  const cache = await caches.open(CACHE);
  for (const address of PAGES.concat(Object.keys(ASSETS))) {
    const answer = await fetch(address, { cache: "reload", credentials: "omit" });
    if (!(await ours(address, answer))) throw new Error(address);
    await cache.put(address, answer);
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((n) => n !== CACHE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim())
  );
});

async function answer(request, key, keeps) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key, { ignoreVary: true });
  if (kept || !keeps) return kept || fetch(request);
  const fresh = await fetch(request);
  if (fresh.ok && (await digest(fresh.clone())) === LATER[key]) await cache.put(key, fresh.clone());
  return fresh;
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === "/kiosk") {
    const asked = "/kiosk?lang=" + url.searchParams.get("lang");
    event.respondWith(answer(request, PAGES.includes(asked) ? asked : PAGES[0]));
  } else if (LATER[url.pathname]) {
    event.respondWith(answer(request, url.pathname, true));
  } else if (ASSETS[url.pathname]) {
    event.respondWith(answer(request, url.pathname));
  }
});
