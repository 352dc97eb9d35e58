// The camera of the receipt's screen: one stream, frames to the decoder, off when it is left.

const WANTED = { width: { ideal: 1280 }, height: { ideal: 960 }, frameRate: { ideal: 30 } };
const GAP = 40;
const KEPT = "kiosk-camera";
let session = null;
let decoder = null;

export function possible() {
  return Boolean(
    window.isSecureContext && navigator.mediaDevices && navigator.mediaDevices.getUserMedia &&
    window.Worker && window.OffscreenCanvas && window.createImageBitmap
  );
}

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch (error) {
    return null;
  }
}

function remember(id) {
  try {
    localStorage.setItem(KEPT, id);
  } catch (error) {
    return;
  }
}

// The citizen stands before the screen, so the front camera is asked for first.
async function stream(chosen) {
  const ask = (video) => navigator.mediaDevices.getUserMedia({ audio: false, video: Object.assign({}, WANTED, video) });
  if (chosen) {
    try {
      return await ask({ deviceId: { exact: chosen } });
    } catch (error) {
      if (!["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
    }
  }
  return ask({ facingMode: { ideal: "user" } });
}

async function others(track) {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const cameras = devices.filter((one) => one.kind === "videoinput" && one.deviceId);
  const at = cameras.findIndex((one) => one.deviceId === track.getSettings().deviceId);
  return cameras.length > 1 ? cameras[(at + 1) % cameras.length].deviceId : null;
}

function capabilities(track) {
  return track.getCapabilities ? track.getCapabilities() : {};
}

async function focus(track) {
  const modes = capabilities(track).focusMode || [];
  if (!modes.includes("continuous")) return;
  await track.applyConstraints({ advanced: [{ focusMode: "continuous" }] }).catch(() => null);
}

function reader(own) {
  if (!decoder) decoder = new Worker(new URL("./decoder.js", import.meta.url));
  decoder.onerror = () => {
    decoder.terminate();
    decoder = null;
    if (session === own) fail(own, "decoder");
  };
  decoder.onmessage = (event) => {
    if (event.data.failed) {
      decoder.terminate();
      decoder = null;
      if (session === own) fail(own, "decoder");
    } else if (session === own && event.data.found) {
      own.onRead(event.data.found, event.data.took);
      own.timer = setTimeout(() => next(own), Math.max(GAP, event.data.took / 2));
    }
  };
}

// A frame at a time: the next one is taken when the last has been read.
async function next(own) {
  if (session !== own) return;
  if (own.video.readyState < 2 || !own.video.videoWidth) {
    own.timer = setTimeout(() => next(own), GAP);
    return;
  }
  try {
    const bitmap = await createImageBitmap(own.video);
    if (session === own && decoder) decoder.postMessage({ bitmap }, [bitmap]);
    else bitmap.close();
  } catch (error) {
    own.timer = setTimeout(() => next(own), GAP);
  }
}

function fail(own, why) {
  const told = own.onOff;
  close();
  told(why);
}

// Opens the camera into a video element. onRead(found, took) for every frame that was read: its
// texts and the milliseconds it took; onOn(state) once it runs; onOff(why) when it cannot.
export async function open(video, callbacks, chosen) {
  close();
  const own = { video, callbacks, onRead: callbacks.onRead, onOff: callbacks.onOff, timer: null, track: null };
  session = own;
  if (!possible()) {
    fail(own, "impossible");
    return;
  }
  try {
    reader(own);
    const found = await stream(chosen || remembered());
    own.track = found.getVideoTracks()[0];
    if (session !== own) {
      own.track.stop();
      return;
    }
    own.track.addEventListener("ended", () => { if (session === own) fail(own, "ended"); });
    video.srcObject = found;
    await video.play();
    const settings = own.track.getSettings();
    own.other = await others(own.track);
    if (session !== own) return;
    await focus(own.track);
    callbacks.onOn({
      mirrored: settings.facingMode !== "environment", torch: Boolean(capabilities(own.track).torch),
      more: Boolean(own.other),
    });
    next(own);
  } catch (error) {
    if (session === own) fail(own, error.name);
  }
}

export function close() {
  const own = session;
  session = null;
  if (!own) return;
  clearTimeout(own.timer);
  if (own.track) own.track.stop();
  own.video.srcObject = null;
}

export function isOpen() {
  return Boolean(session && session.track);
}

export async function light() {
  const own = session;
  if (!own || !own.track) return false;
  const on = !own.lit;
  await own.track.applyConstraints({ advanced: [{ torch: on }] }).then(
    () => { own.lit = on; }, () => null
  );
  return Boolean(own.lit);
}

// The camera after this one, which is asked for first from now on.
export function another() {
  const own = session;
  if (!own || !own.other) return;
  remember(own.other);
  open(own.video, own.callbacks, own.other);
}
