// The map of a page of results, or of one clinic: the same clinics as the list, with the same numbers.

const APART = 36; // pixels between circles, so that each can be read
const BELOW = -10_000; // of the order of markers: under every clinic
const NEAR = 34; // pixels: markers closer than this stand as one
const CLOSEST = 13; // zoom: further in, the base map has nothing more to show
const DECIMALS = 2; // of a degree, about 1 km: no finer place leaves the browser
const KEYS = "Arrow keys move the map, plus and minus zoom, Tab goes to the clinics, Escape leaves the map.";

function element(name, options = {}, ...children) {
  const made = Object.assign(document.createElement(name), options);
  made.append(...children);
  return made;
}

// The card of a clinic in the list.
function cardOf(slug) {
  return document.getElementById(`clinic-${slug}`);
}

export class ClinicMap {
  constructor(frame, leave) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.frame = frame;
    this.leave = leave;
    this.map = L.map(frame, {
      minZoom: 3,
      maxBounds: [[-85, -540], [85, 540]],
      scrollWheelZoom: false, // a page that is scrolled past must not zoom
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      inertia: !still,
      closePopupOnClick: true,
    });
    this.map.attributionControl.setPrefix(false);
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", `Map. ${KEYS}`);
    frame.addEventListener("focusin", () => this.map.scrollWheelZoom.enable());
    frame.addEventListener("focusout", () => this.map.scrollWheelZoom.disable());
    frame.addEventListener("keydown", (event) => this.onKey(event));
    this.markers = L.layerGroup().addTo(this.map);
    this.surroundings = L.layerGroup().addTo(this.map);
    this.map.whenReady(() => {
      this.map.on("zoomend", () => this.place());
      this.map.on("moveend", () => this.offerArea());
    });
    this.searchHere = element("a", { className: "button map-search-here", hidden: true, textContent: "Search this area" });
    frame.append(this.searchHere);
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(frame);
  }

  // Shows the clinics of *data* (clinics/maps.py); what to tell a person who cannot see that.
  show(data) {
    this.data = data;
    this.listen();
    this.map.invalidateSize({ pan: false });
    this.ground();
    this.home();
    this.place();
    const count = data.clinics.length;
    return count === 1 ? `The map shows 1 ${this.noun.one}.` : `The map shows the ${count} ${this.noun.many} of this page.`;
  }

  // What the page lists: clinics, or as clinics/unmet_need_views.py says.
  get noun() {
    return this.data.noun ?? { one: "clinic", many: "clinics" };
  }

  hide() {
    this.numbers(false);
  }

  // --- What the clinics stand on

  ground() {
    if (this.based) return;
    this.based = true;
    const { shapes, pictures, attribution } = this.data.tiles;
    if (pictures) {
      const words = element("span", { textContent: attribution }).outerHTML;
      L.tileLayer(pictures, { attribution: words, maxZoom: CLOSEST + 5 }).addTo(this.map);
      return;
    }
    const kept = new L.MapShapes(shapes);
    const credits = '<a href="/data-credits/">Where the map comes from</a>';
    new L.BaseMap(kept, { attribution: credits }).addTo(this.map);
    this.labels = new L.PlaceLabels(kept);
  }

  // The place that distances are from, and circles at round distances about it; the boxes of their labels, in pixels.
  around() {
    this.surroundings.clearLayers();
    this.scale?.remove();
    const { centre, unit, within } = this.data;
    const miles = unit.word === "miles";
    this.scale = L.control.scale({ imperial: miles, metric: !miles, maxWidth: 120 }).addTo(this.map);
    if (!centre) return [];
    const middle = this.map.latLngToLayerPoint(centre.at);
    const boxes = [];
    let lowest = middle.y;
    for (const radius of unit.radii.filter((radius) => radius <= within)) {
      const metres = radius * unit.km * 1000;
      const north = [L.latLng(centre.at).toBounds(2 * metres).getNorth(), centre.at[1]];
      const { x, y } = this.map.latLngToLayerPoint(north);
      if (lowest - y < APART) continue; // too small to be read at this zoom
      lowest = y;
      L.circle(centre.at, { radius: metres, className: "map-ring", interactive: false }).addTo(this.surroundings);
      boxes.push({ left: x - 36, right: x + 36, top: y - 10, bottom: y + 10 });
      const text = element("span", { textContent: `${radius} ${unit.word}` });
      const icon = L.divIcon({ className: "map-ring__label", html: text, iconSize: null });
      L.marker(north, { icon, interactive: false, keyboard: false, zIndexOffset: BELOW }).addTo(this.surroundings);
    }
    const icon = L.divIcon({ className: "map-centre", html: "", iconSize: [18, 18] });
    L.marker(centre.at, { icon, interactive: false, keyboard: false, zIndexOffset: BELOW }).addTo(this.surroundings);
    return boxes;
  }

  home() {
    const { centre, clinics } = this.data;
    const points = clinics.map(({ at }) => at);
    if (centre) points.push(centre.at);
    this.moved = false;
    this.map.fitBounds(L.latLngBounds(points).pad(0.08), { maxZoom: clinics.length > 1 ? CLOSEST - 1 : 11, animate: false });
    this.start = { centre: this.map.getCenter(), zoom: this.map.getZoom() };
    this.searchHere.hidden = true;
    if (this.labels && !this.labels._map) this.labels.addTo(this.map);
  }

  // --- Clinics

  // Markers, those too close to tell apart as one; anew at each zoom.
  place() {
    if (!this.data) return;
    const focused = this.frame.querySelector(".map-marker:focus")?.dataset.slugs;
    const groups = [];
    for (const clinic of this.data.clinics) {
      const point = this.map.latLngToLayerPoint(clinic.at);
      const group = groups.find((other) => other.point.distanceTo(point) < NEAR);
      if (group) group.clinics.push(clinic);
      else groups.push({ point, clinics: [clinic] });
    }
    this.markers.clearLayers();
    this.buttons = new Map();
    for (const { clinics } of groups) this.mark(clinics);
    const boxes = groups.map(({ point: { x, y } }) => ({ left: x - 20, right: x + 20, top: y - 20, bottom: y + 20 }));
    boxes.push(...this.around());
    this.labels?.avoid(boxes);
    if (focused) this.buttons.get(focused.split(" ")[0])?.focus({ preventScroll: true });
  }

  mark(clinics) {
    const [first] = clinics;
    const alone = clinics.length === 1;
    const button = element("button", { type: "button", className: "map-marker" });
    button.dataset.slugs = clinics.map(({ slug }) => slug).join(" ");
    button.classList.toggle("map-marker--several", !alone);
    button.classList.toggle("map-marker--approximate", alone && first.approximate);
    button.textContent = alone ? (first.number ?? "") : this.range(clinics);
    button.setAttribute("aria-label", alone ? this.words(first) : this.severalWords(clinics));
    for (const type of ["mouseenter", "focus"]) button.addEventListener(type, () => this.point(clinics, true));
    for (const type of ["mouseleave", "blur"]) button.addEventListener(type, () => this.point(clinics, false));
    button.addEventListener("click", (event) => {
      event.stopPropagation(); // to the map, a click is for closing what is open
      this.open(clinics);
    });
    for (const { slug } of clinics) this.buttons.set(slug, button);
    const icon = L.divIcon({ className: "map-pin", html: button, iconSize: [44, 44] });
    const at = alone ? first.at : L.latLngBounds(clinics.map(({ at }) => at)).getCenter();
    L.marker(at, { icon, keyboard: false, riseOnHover: true, riseOffset: 1000 }).addTo(this.markers);
  }

  // "3", "3-5", or "3 +2" where the numbers do not follow on.
  range(clinics) {
    const numbers = clinics.map(({ number }) => number);
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return most - least === numbers.length - 1 ? `${least}\u2013${most}` : `${least} +${numbers.length - 1}`;
  }

  words({ number, name, distance, approximate }) {
    return [number, name, distance, approximate && "position not exact"].filter(Boolean).join(", ");
  }

  severalWords(clinics) {
    return `${clinics.length} ${this.noun.many} close together: ${clinics.map(({ number, name }) => `${number}, ${name}`).join("; ")}`;
  }

  // A marker opens what it stands for: closer in, if that tells its clinics apart, or the clinics by name.
  open(clinics) {
    const bounds = L.latLngBounds(clinics.map(({ at }) => at));
    const zoom = Math.min(this.map.getBoundsZoom(bounds.pad(0.4)), CLOSEST);
    if (clinics.length > 1 && zoom > this.map.getZoom()) {
      this.map.setView(bounds.getCenter(), zoom);
      return;
    }
    const content = element("div", { className: "map-card" }, ...clinics.map((clinic) => this.card(clinic)));
    this.opener = clinics[0].slug;
    L.popup({ offset: [0, -14], minWidth: 210, maxWidth: 280, autoPanPadding: [16, 16], className: "map-popup" })
      .setLatLng(bounds.getCenter())
      .setContent(content)
      .openOn(this.map);
    content.querySelector("a").focus({ preventScroll: true });
    this.point(clinics, false);
  }

  card({ number, slug, name, url, town, distance, approximate }) {
    const link = element("a", { href: url, textContent: number ? `${number}. ${name}` : name });
    const card = element("div", { className: "map-card__clinic" }, element("p", { className: "map-card__name" }, link));
    const where = [distance, town].filter(Boolean).join(" \u00b7 ");
    if (where) card.append(element("p", { textContent: where }));
    if (approximate) card.append(element("p", { textContent: "Somewhere near here: we know the area, not the door." }));
    if (number) card.append(element("p", {}, element("a", { href: `#clinic-${slug}`, textContent: "See it in the list" })));
    return card;
  }

  // --- List and map, tied

  listen() {
    this.numbers(true);
    for (const { slug } of this.data.clinics) {
      const card = cardOf(slug);
      if (!card || card.dataset.tied) continue;
      card.dataset.tied = "map";
      for (const type of ["mouseenter", "focusin"]) card.addEventListener(type, () => this.light(slug, true));
      for (const type of ["mouseleave", "focusout"]) card.addEventListener(type, () => this.light(slug, false));
    }
  }

  light(slug, on) {
    const button = this.buttons?.get(slug);
    button?.classList.toggle("is-pointed-at", on);
    button?.parentElement.classList.toggle("is-pointed-at", on);
  }

  point(clinics, on) {
    for (const { slug } of clinics) cardOf(slug)?.classList.toggle("is-pointed-at", on);
  }

  // The numbers of the markers, on the cards while the map is open.
  numbers(on) {
    document.querySelectorAll(".clinic-card__number").forEach((number) => number.remove());
    if (!on) return;
    for (const { slug, number } of this.data.clinics) {
      if (number) {
        const shown = element("span", { className: "clinic-card__number figures", textContent: number });
        shown.setAttribute("aria-hidden", "true"); // the list is numbered already
        cardOf(slug)?.prepend(shown);
      }
    }
  }

  // --- The area in sight

  offerArea() {
    if (!this.start || !this.data.area) return;
    const moved = this.map.latLngToLayerPoint(this.start.centre).distanceTo(this.map.latLngToLayerPoint(this.map.getCenter()));
    const size = this.map.getSize();
    this.searchHere.hidden = moved < Math.min(size.x, size.y) / 5 && this.map.getZoom() >= this.start.zoom;
    if (!this.searchHere.hidden) this.searchHere.href = this.areaAddress();
  }

  // Results around the middle of the map, to about 1 km, as far as its nearer edge.
  areaAddress() {
    const { area, unit } = this.data;
    const centre = this.map.getCenter().wrap();
    const bounds = this.map.getBounds();
    const edges = [[centre.lat, bounds.getEast()], [bounds.getNorth(), centre.lng]];
    const reach = Math.min(...edges.map((edge) => this.map.distance(centre, edge))) / 1000 / unit.km;
    const within = unit.radii.find((radius) => radius >= reach * 0.8) ?? unit.radii.at(-1);
    const query = new URLSearchParams();
    for (const [name, values] of Object.entries({ ...area.query, within: [within] })) {
      for (const value of values) query.append(name, value);
    }
    const at = `${centre.lat.toFixed(DECIMALS)},${centre.lng.toFixed(DECIMALS)}`;
    return `${area.path.replace("0.00,0.00", at)}?${query}#map`;
  }

  // --- Keyboard

  onKey(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    const opener = this.buttons.get(this.opener);
    if (this.frame.querySelector(".leaflet-popup")) {
      this.map.closePopup();
      opener?.focus();
    } else this.leave();
  }
}
