// The tablet's page and all it needs, kept on the tablet. VERSION and ASSETS stand before this text.

const CACHE = "kiosk-" + VERSION;
const PAGES = ["/kiosk?lang=vi", "/kiosk?lang=en"];

async function fill() {
  const cache = await caches.open(CACHE);
  for (const address of PAGES.concat(ASSETS)) {
    const answer = await fetch(address, { cache: "reload", credentials: "omit" });
    // A captive portal answers 200 with a page of its own: ours names itself.
    const ours = answer.ok && !answer.redirected &&
      (!PAGES.includes(address) || answer.headers.get("X-Kiosk") === "tablet");
    if (!ours) throw new Error(address);
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

async function answer(request, key) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key, { ignoreVary: true });
  return kept || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === "/kiosk" && request.mode === "navigate") {
    const lang = url.searchParams.get("lang") === "en" ? "en" : "vi";
    event.respondWith(answer(request, "/kiosk?lang=" + lang));
  } else if (ASSETS.includes(url.pathname)) {
    event.respondWith(answer(request, url.pathname));
  }
});
