// The pin of a clinic in its editor: drag it, or move it by arrow keys; the two number fields follow, and lead.

const STEP = 5; // pixels that an arrow key moves the pin by; ten times that with Shift
const FINEST = 18; // zoom
const DECIMALS = 5; // of a degree: about 1 m
// Metres that a position known so closely may be off, about.
const OFF = { street: 150, postcode: 100, sector: 2000, district: 5000, town: 5000 };
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function arrival(script) {
  return new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${script.src} did not come`)));
    document.head.append(script);
  });
}

class PinMap {
  constructor(panel) {
    this.panel = panel;
    this.status = panel.querySelector("[role=status]");
    this.fields = ["latitude", "longitude", "position_precision"].map((name) => document.getElementById(`id_${name}`));
    this.before = this.fields.map(({ value }) => value);
    const { tiles, centre } = JSON.parse(panel.querySelector("script[type='application/json']").textContent);
    const frame = panel.querySelector(".pin-map__frame");
    frame.hidden = false;
    this.map = L.map(frame, { scrollWheelZoom: false, maxZoom: FINEST, minZoom: 3, zoomAnimation: false });
    this.map.attributionControl.setPrefix(false);
    this.ground(tiles);
    this.pin = L.marker([0, 0], {
      draggable: true,
      alt: "The clinic. Arrow keys move it, with Shift farther.",
      icon: L.divIcon({ className: "pin-map__pin", iconSize: [28, 28], iconAnchor: [14, 28] }),
    });
    this.ring = L.circle([0, 0], { interactive: false, className: "map-ring" });
    this.pin.on("dragend", () => this.moved());
    this.map.setView(this.position() ?? centre?.at ?? [30, 0], this.position() ? 14 : centre ? 11 : 3, { animate: false });
    this.show();
    frame.addEventListener("keydown", (event) => this.onKey(event), { capture: true });
    this.fields.forEach((field) => field.addEventListener("input", () => this.typed()));
    panel.querySelector("[data-put-here]").addEventListener("click", () => this.put(this.map.getCenter()));
    panel.querySelector("[data-put-back]").addEventListener("click", () => this.putBack());
    panel.querySelectorAll("button").forEach((button) => (button.hidden = false));
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(frame);
  }

  ground({ shapes, pictures, attribution }) {
    if (pictures) {
      const words = Object.assign(document.createElement("span"), { textContent: attribution }).outerHTML;
      L.tileLayer(pictures, { attribution: words, maxZoom: FINEST }).addTo(this.map);
      return;
    }
    const kept = new L.MapShapes(shapes);
    new L.BaseMap(kept, { attribution: '<a href="/data-credits/">Where the map comes from</a>' }).addTo(this.map);
    new L.PlaceLabels(kept).addTo(this.map);
  }

  // Where the fields say that it is; null while they do not.
  position() {
    const [latitude, longitude] = this.fields;
    if (!latitude.value.trim() || !longitude.value.trim()) return null;
    const at = [Number(latitude.value), Number(longitude.value)];
    return Math.abs(at[0]) <= 90 && Math.abs(at[1]) <= 180 ? at : null;
  }

  // Draws what the fields say.
  show() {
    const at = this.position();
    const off = OFF[this.fields[2].value];
    this.pin.remove();
    this.ring.remove();
    if (!at) return;
    if (off) this.ring.setLatLng(at).setRadius(off).addTo(this.map);
    this.pin.setLatLng(at).addTo(this.map);
  }

  typed() {
    this.status.textContent = "";
    this.show();
    const at = this.position();
    if (at && !this.map.getBounds().contains(at)) this.map.panTo(at, { animate: false });
  }

  onKey(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || event.target !== this.pin.getElement()) return;
    event.preventDefault();
    event.stopPropagation(); // the map would move under it
    const step = STEP * (event.shiftKey ? 10 : 1);
    const now = this.map.latLngToContainerPoint(this.pin.getLatLng());
    this.pin.setLatLng(this.map.containerPointToLatLng(now.add([arrow[0] * step, arrow[1] * step])));
    this.moved();
    this.pin.getElement().focus({ preventScroll: true });
  }

  put(at) {
    this.pin.setLatLng(at).addTo(this.map);
    this.moved();
  }

  // A pin that somebody moved stands on the building: the server takes it so too (clinics/editing.py).
  moved() {
    const { lat, lng } = this.pin.getLatLng().wrap();
    this.write([lat.toFixed(DECIMALS), lng.toFixed(DECIMALS), "rooftop"]);
    if (!this.map.getBounds().contains(this.pin.getLatLng())) this.map.panTo(this.pin.getLatLng(), { animate: false });
    this.status.textContent = `The pin is at ${this.fields[0].value}, ${this.fields[1].value}. Save to keep it.`;
  }

  putBack() {
    this.write(this.before);
    this.typed();
    this.status.textContent = "The pin is back where it was.";
  }

  write(values) {
    this.fields.forEach((field, number) => {
      field.value = values[number];
      field.dispatchEvent(new Event("change", { bubbles: true })); // Wagtail asks before unsaved work is left
    });
    const at = this.position();
    this.ring.remove();
    const off = OFF[this.fields[2].value];
    if (at && off) this.ring.setLatLng(at).setRadius(off).addTo(this.map);
  }
}

async function enhance(panel) {
  const { leaflet, modules } = panel.dataset;
  try {
    await arrival(Object.assign(document.createElement("script"), { src: leaflet }));
    for (const module of modules.split(" ")) await import(module);
    new PinMap(panel);
  } catch {
    panel.querySelector("[role=status]").textContent = "The map could not be loaded. The fields work without it.";
  }
}

document.querySelectorAll("[data-pin-map]").forEach(enhance);
