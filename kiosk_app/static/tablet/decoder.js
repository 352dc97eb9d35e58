// Reads QR and Code 128 from the camera's frames, apart from the page, so that it never waits.
// A frame is looked at once and dropped: nothing of it is kept or sent.

/* global ZXingWASM */
const FOLDER = new URL("../vendor/", self.location.href).href;
const READS = {
  formats: ["QRCode", "Code128"], tryHarder: true, tryRotate: true, tryDownscale: true,
  tryInvert: false, maxNumberOfSymbols: 4,
};
const NAMES = ["qr_code", "code_128"];
let canvas = null;
let read = null;

// The reader's script expects what came with Chromium 93.
if (!Object["hasOwn"]) {
  Object["hasOwn"] = (held, name) => Object.prototype.hasOwnProperty.call(held, name);
}

async function withWasm() {
  importScripts(FOLDER + "zxing-reader.js");
  await ZXingWASM.prepareZXingModule({
    overrides: { locateFile: (name) => FOLDER + name }, fireImmediately: true,
  });
  return async (bitmap) => {
    const { width, height } = bitmap;
    if (!canvas || canvas.width !== width || canvas.height !== height) {
      canvas = new OffscreenCanvas(width, height);
    }
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const found = await ZXingWASM.readBarcodes(context.getImageData(0, 0, width, height), READS);
    return found.filter((one) => one.isValid).map((one) => ({ text: one.text, format: one.format }));
  };
}

// Where the policy forbids WebAssembly (before Chromium 97) Android often reads codes itself.
async function withSystem() {
  const known = self.BarcodeDetector ? await self.BarcodeDetector.getSupportedFormats() : [];
  const formats = NAMES.filter((name) => known.includes(name));
  if (!formats.length) throw new Error("no reader");
  const detector = new self.BarcodeDetector({ formats });
  return async (bitmap) => (await detector.detect(bitmap)).map(
    (one) => ({ text: one.rawValue, format: one.format === "qr_code" ? "QRCode" : "Code128" })
  );
}

const ready = withWasm().catch(withSystem).then((reader) => { read = reader; });
ready.then(() => self.postMessage({ ready: true }), () => self.postMessage({ failed: true }));

self.onmessage = async (event) => {
  const bitmap = event.data.bitmap;
  const began = performance.now();
  let found = [];
  try {
    await ready;
    found = await read(bitmap);
  } catch (error) {
    found = [];
  }
  bitmap.close();
  self.postMessage({ found, took: performance.now() - began });
};
