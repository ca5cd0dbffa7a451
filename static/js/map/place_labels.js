// Names of towns over the base map: the largest first, as many as fit, none over another or over a marker.

const GAP = 10; // pixels between names
const MOST = 60;
const DOT = 9; // pixels from a town to its name

L.PlaceLabels = L.Layer.extend({
  initialize(shapes) {
    this.shapes = shapes;
  },

  onAdd(map) {
    this.pane = map.createPane("labels");
    this.pane.classList.add("leaflet-zoom-hide");
    this.pane.setAttribute("aria-hidden", "true"); // the list names every clinic's town
    this.pen = document.createElement("canvas").getContext("2d");
    this.place();
  },

  getEvents() {
    return { moveend: this.place, zoomend: this.place };
  },

  // Names stay clear of *boxes*, in pixels of the layer, from now on.
  avoid(boxes) {
    this.taken = boxes;
    if (this._map) this.place();
  },

  async place() {
    const map = this._map;
    const zoom = map.getZoom();
    const bounds = map.getBounds().pad(0.05);
    const round = (this.round = {}); // a later call overtakes this one
    const tiles = await this.tilesIn(bounds, zoom);
    if (this.round !== round || !this._map) return;
    const towns = tiles
      .flatMap((tile) => tile.places.map((place) => this.town(tile, place)))
      .filter(({ at }) => bounds.contains(at))
      .sort((a, b) => b.people - a.people);
    const taken = [...(this.taken ?? [])];
    const names = [];
    for (const town of towns) {
      const name = this.name(town, zoom, taken);
      if (name) names.push(name);
      if (names.length === MOST) break;
    }
    this.pane.replaceChildren(...names);
  },

  async tilesIn(bounds, zoom) {
    const map = this._map;
    const wide = 256;
    const from = map.project(bounds.getNorthWest(), zoom).divideBy(wide).floor();
    const to = map.project(bounds.getSouthEast(), zoom).divideBy(wide).floor();
    const asked = [];
    for (let x = from.x; x <= to.x; x++) {
      for (let y = Math.max(from.y, 0); y <= Math.min(to.y, 2 ** zoom - 1); y++) asked.push(this.shapes.at({ z: zoom, x, y }));
    }
    const answers = await Promise.allSettled(asked);
    return [...new Set(answers.filter((answer) => answer.status === "fulfilled").map((answer) => answer.value))];
  },

  town(tile, [x, y, name, people]) {
    const scale = 256 / tile.size;
    const point = L.point((tile.x * tile.size + x) * scale, (tile.y * tile.size + y) * scale);
    return { at: this._map.unproject(point, tile.z), name, people };
  },

  // The element of a name where there is room for it, right or left of its town.
  name({ at, name, people }, zoom, taken) {
    const rank = people >= 500_000 ? "city" : people >= 60_000 ? "town" : "village";
    const { width, height } = this.measure(name, rank);
    const { x, y } = this._map.latLngToLayerPoint(at);
    const edges = this.edges();
    for (const side of ["right", "left"]) {
      const left = side === "right" ? x + DOT - 4 : x - DOT + 4 - width;
      const box = { left: Math.min(left, x - 4), right: Math.max(left + width, x + 4), top: y - height / 2, bottom: y + height / 2 };
      const meets = (other) =>
        box.left < other.right + GAP && box.right + GAP > other.left && box.top < other.bottom + GAP / 2 && box.bottom + GAP / 2 > other.top;
      if (taken.some(meets) || box.left < edges.min.x || box.right > edges.max.x) continue; // nor cut off
      taken.push(box);
      const text = L.DomUtil.create("span", `map-label map-label--${rank} map-label--${side}`);
      text.append(Object.assign(document.createElement("span"), { textContent: name }));
      L.DomUtil.setPosition(text, L.point(x, y).round());
      return text;
    }
    return null;
  },

  // What is in sight, in pixels of the layer.
  edges() {
    const corner = this._map.containerPointToLayerPoint([0, 0]);
    return L.bounds(corner, corner.add(this._map.getSize()));
  },

  measure(name, rank) {
    this.fonts ??= this.readFonts();
    const { font, height } = this.fonts[rank];
    this.pen.font = font;
    return { width: this.pen.measureText(name).width, height };
  },

  // What the stylesheet makes of each rank, at the reader's own size of text.
  readFonts() {
    return Object.fromEntries(
      ["city", "town", "village"].map((rank) => {
        const sample = L.DomUtil.create("span", `map-label map-label--${rank}`, this.pane);
        const { fontWeight, fontSize, fontFamily } = getComputedStyle(sample);
        sample.remove();
        return [rank, { font: `${fontWeight} ${fontSize} ${fontFamily}`, height: parseFloat(fontSize) * 1.2 }];
      }),
    );
  },
});
