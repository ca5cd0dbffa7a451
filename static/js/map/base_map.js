// The project's own base map: tiles of shapes, drawn on canvases in the colours of the page (static/css/map.css).

const LEVELS = [2, 5, 8]; // zooms that tiles are cut at (places/base_map/tiling.py); each is drawn up to the next
const MOST_KEPT = 48; // tiles

// Shapes and names of the map by tile, each fetched once.
L.MapShapes = class {
  constructor(address) {
    this.address = address; // with {z}, {x} and {y}
    this.kept = new Map();
  }

  // The tile that holds the square z/x/y: the deepest cut at or above that zoom.
  at({ z, x, y }) {
    const level = LEVELS.findLast((zoom) => zoom <= z) ?? LEVELS[0];
    const wide = 2 ** level;
    const column = Math.floor(x * 2 ** (level - z));
    const place = { z: level, x: ((column % wide) + wide) % wide, y: Math.floor(y * 2 ** (level - z)) };
    const key = L.Util.template(this.address, place);
    const tile = this.kept.get(key) ?? this.fetch(key);
    this.kept.delete(key);
    this.kept.set(key, tile); // the latest asked for is the last to go
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    return tile;
  }

  async fetch(url) {
    const answer = await fetch(url);
    if (!answer.ok) {
      this.kept.delete(url);
      throw new Error(`The map answered ${answer.status}.`);
    }
    const tile = await answer.json();
    const [z, x, y] = tile.tile;
    const paths = {};
    for (const layer of ["land", "built", "lakes", "rivers", "regions", "countries"]) {
      paths[layer] = path(tile[layer] ?? []);
    }
    return { z, x, y, size: 4096, paths, places: tile.places ?? [] };
  }
};

// A path along lines that are written as a point and the steps from it.
function path(lines) {
  const drawn = new Path2D();
  for (const line of lines) {
    let [x, y] = line;
    drawn.moveTo(x, y);
    for (let i = 2; i < line.length; i += 2) drawn.lineTo((x += line[i]), (y += line[i + 1]));
  }
  return drawn;
}

L.BaseMap = L.GridLayer.extend({
  initialize(shapes, options) {
    this.shapes = shapes;
    L.setOptions(this, options);
  },

  onAdd(map) {
    this.readColours();
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.recolour = () => {
      this.readColours();
      this.redraw();
    };
    this.dark.addEventListener("change", this.recolour);
    return L.GridLayer.prototype.onAdd.call(this, map);
  },

  onRemove(map) {
    this.dark.removeEventListener("change", this.recolour);
    L.GridLayer.prototype.onRemove.call(this, map);
  },

  readColours() {
    const style = getComputedStyle(this._map.getContainer());
    this.colours = Object.fromEntries(
      ["sea", "land", "built", "shore", "river", "border"].map((name) => [name, style.getPropertyValue(`--map-${name}`)]),
    );
  },

  createTile(square, done) {
    const canvas = document.createElement("canvas");
    const ratio = Math.min(devicePixelRatio || 1, 3);
    const width = this.getTileSize().x;
    canvas.width = canvas.height = width * ratio;
    this.shapes.at(square).then(
      (tile) => {
        this.draw(canvas, square, tile, width, ratio);
        done(null, canvas);
      },
      (error) => done(error, canvas),
    );
    return canvas;
  },

  draw(canvas, square, tile, width, ratio) {
    const { sea, land, built, shore, river, border } = this.colours;
    const { paths } = tile;
    const pen = canvas.getContext("2d");
    pen.fillStyle = sea;
    pen.fillRect(0, 0, canvas.width, canvas.height);

    const times = 2 ** (square.z - tile.z);
    const scale = (width * times) / tile.size; // pixels to a unit of the tile
    const wide = 2 ** square.z;
    const across = (((square.x % wide) + wide) % wide) - tile.x * times;
    const down = square.y - tile.y * times;
    const sharp = scale * ratio;
    pen.setTransform(sharp, 0, 0, sharp, -across * canvas.width, -down * canvas.height);
    pen.lineJoin = "round";

    const fill = (shape, colour) => {
      pen.fillStyle = colour;
      pen.fill(shape, "evenodd");
    };
    const stroke = (shape, colour, pixels, dashes = []) => {
      pen.strokeStyle = colour;
      pen.lineWidth = pixels / scale;
      pen.setLineDash(dashes.map((dash) => dash / scale));
      pen.stroke(shape);
    };
    fill(paths.land, land);
    pen.save();
    pen.clip(paths.land, "evenodd"); // postcodes on both banks do not fill a river
    fill(paths.built, built);
    pen.restore();
    fill(paths.lakes, sea);
    stroke(paths.rivers, river, 1.5);
    stroke(paths.regions, border, 1, [5, 4]);
    stroke(paths.countries, border, 2);
    stroke(paths.lakes, shore, 1);
    stroke(paths.land, shore, 1);
  },
});
