// The tablet's page and all it needs, kept on the tablet. VERSION and ASSETS stand before this text.

const CACHE = "kiosk-" + VERSION;
const PAGES = ["/kiosk?lang=vi", "/kiosk?lang=en"];

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
  } else if (ASSETS[url.pathname]) {
    event.respondWith(answer(request, url.pathname));
  }
});
