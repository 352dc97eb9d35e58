// The address of this page as a picture, so that a tablet need not type it.
import qrcode from "../vendor/qrcode.mjs";

const slot = document.querySelector("[data-address]");
if (slot) {
  const code = qrcode(0, "M");
  code.addData(slot.dataset.address);
  code.make();
  slot.innerHTML = code.createSvgTag({ cellSize: 4, margin: 4, scalable: true });
}
