// Keeps the page on the tablet: service worker, lasting storage, a new version when nobody is there.

let renewed = false;

export function newVersionWaits() {
  return renewed;
}

export async function storage() {
  const known = { lasting: false, used: null, quota: null };
  if (!navigator.storage) return known;
  if (navigator.storage.persisted) known.lasting = await navigator.storage.persisted();
  if (navigator.storage.estimate) {
    const estimate = await navigator.storage.estimate();
    known.used = estimate.usage;
    known.quota = estimate.quota;
  }
  return known;
}

export async function keep() {
  if (navigator.storage && navigator.storage.persist) {
    await navigator.storage.persist().catch(() => false);
  }
  if (!("serviceWorker" in navigator)) return;
  const had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    renewed = had;
  });
  try {
    const registration = await navigator.serviceWorker.register("/kiosk/sw.js", { scope: "/kiosk" });
    setInterval(() => registration.update().catch(() => null), 15 * 60000);
    await navigator.serviceWorker.ready;
    document.documentElement.dataset.kept = "yes";
  } catch (error) {
    document.documentElement.dataset.kept = "no";
  }
}
