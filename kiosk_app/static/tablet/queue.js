// The tablet's memory: drafts, sealed items and what the tablet is, in IndexedDB, strictly durable.

const STORES = ["meta", "drafts", "sealed"];
let opened = null;

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("kiosk", 1);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("meta", { keyPath: "name" });
      db.createObjectStore("drafts", { keyPath: "id" });
      db.createObjectStore("sealed", { keyPath: "seq" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// A connection that failed, was closed by the browser or stands in a newer version's way is not kept.
function connect() {
  if (opened) return opened;
  const forget = () => { opened = null; };
  opened = open().then((db) => {
    db.onclose = forget;
    db.onversionchange = () => { forget(); db.close(); };
    return db;
  });
  opened.catch(forget);
  return opened;
}

async function begin(mode) {
  const options = mode === "readwrite" ? { durability: "strict" } : undefined;
  try {
    return (await connect()).transaction(STORES, mode, options);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    opened = null;
    return (await connect()).transaction(STORES, mode, options);
  }
}

async function within(mode, work) {
  const transaction = await begin(mode);
  return new Promise((resolve, reject) => {
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
    work(transaction, (value) => {
      result = value;
    });
  });
}

const BALLAST = "kiosk-ballast";
const PIECES = 90;
const PIECE = 60000;

// Chromium's store goes on writing at the end of the log it finds. A power cut may leave zeros there, and
// what is written behind zeros is skipped at the next start, however durable it was. More than its buffer
// of 4 MB makes it begin a new log; a database beside ours does not stand in the way of a tap.
export async function beginNewLog() {
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open(BALLAST, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("pieces");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  await new Promise((resolve, reject) => {
    const transaction = db.transaction("pieces", "readwrite", { durability: "strict" });
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    const piece = "0".repeat(PIECE);
    for (let number = 0; number < PIECES; number += 1) transaction.objectStore("pieces").put(piece, number);
  }).finally(() => {
    db.close();
    indexedDB.deleteDatabase(BALLAST);
  });
}

export function readMeta(name) {
  return within("readonly", (transaction, give) => {
    const request = transaction.objectStore("meta").get(name);
    request.onsuccess = () => give(request.result ? request.result.value : null);
  });
}

export function writeMeta(name, value) {
  return within("readwrite", (transaction) => {
    transaction.objectStore("meta").put({ name, value });
  });
}

export function saveDraft(draft) {
  return within("readwrite", (transaction) => {
    transaction.objectStore("drafts").put(draft);
  });
}

// A withdrawn draft leaves only a count and uses no number.
export function withdrawDraft(id) {
  return within("readwrite", (transaction) => {
    transaction.objectStore("drafts").delete(id);
    const meta = transaction.objectStore("meta");
    const request = meta.get("withdrawn");
    request.onsuccess = () => {
      const before = request.result ? request.result.value : 0;
      meta.put({ name: "withdrawn", value: before + 1 });
    };
  });
}

export function dropDraft(id) {
  return within("readwrite", (transaction) => {
    transaction.objectStore("drafts").delete(id);
  });
}

function sealInto(transaction, draft, offset) {
  const meta = transaction.objectStore("meta");
  const epochRequest = meta.get("epoch");
  epochRequest.onsuccess = () => {
    const epoch = epochRequest.result ? epochRequest.result.value : uuid();
    if (!epochRequest.result) meta.put({ name: "epoch", value: epoch });
    const lastRequest = meta.get("last_seq");
    lastRequest.onsuccess = () => {
      const seq = (lastRequest.result ? lastRequest.result.value : 0) + 1;
      meta.put({ name: "last_seq", value: seq });
      const item = Object.assign({ clock_offset_ms: offset }, draft, { epoch, seq });
      delete item.secret;
      transaction.objectStore("sealed").add({ seq, item });
      transaction.objectStore("drafts").delete(draft.id);
    };
  };
}

// Number and draft change hands in one transaction: no gap, no double.
export function seal(id, offset) {
  return within("readwrite", (transaction) => {
    const request = transaction.objectStore("drafts").get(id);
    request.onsuccess = () => {
      if (request.result) sealInto(transaction, request.result, offset);
    };
  });
}

export async function sealLeftovers(offset) {
  const ids = await within("readonly", (transaction, give) => {
    const request = transaction.objectStore("drafts").getAllKeys();
    request.onsuccess = () => give(request.result);
  });
  for (const id of ids) await seal(id, offset);
  return ids.length;
}

export function oldest(limit) {
  return within("readonly", (transaction, give) => {
    const request = transaction.objectStore("sealed").getAll(null, limit);
    request.onsuccess = () => give(request.result);
  });
}

export function length() {
  return within("readonly", (transaction, give) => {
    const request = transaction.objectStore("sealed").count();
    request.onsuccess = () => give(request.result);
  });
}

// What the server has decided leaves in one transaction with what staff is told of it.
export function settle(seqs, putAside) {
  return within("readwrite", (transaction) => {
    for (const seq of seqs) transaction.objectStore("sealed").delete(seq);
    const meta = transaction.objectStore("meta");
    meta.put({ name: "sent", value: new Date().toISOString() });
    if (!putAside) return;
    const request = meta.get("put_aside");
    request.onsuccess = () => {
      const before = request.result ? request.result.value : 0;
      meta.put({ name: "put_aside", value: before + putAside });
    };
  });
}

// getRandomValues works where randomUUID does not (no secure context, older WebView).
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
