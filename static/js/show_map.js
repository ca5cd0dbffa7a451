// "Show map": fetches what the map needs when it is first asked for, and not before. "#map" in the address
// opens it, so that the way back, a page reloaded and a link shared show what was seen.

const HASH = "#map";

function arrival(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new Error(`${element.src ?? element.href} did not come`)));
    document.head.append(element);
  });
}

// Leaflet, what is built on it, and their styles; the class that draws a map.
async function fetchMap({ style, leaflet, modules }) {
  await Promise.all([
    arrival(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style })),
    arrival(Object.assign(document.createElement("script"), { src: leaflet })),
  ]);
  const parts = await Promise.all(modules.split(" ").map((module) => import(module)));
  return parts.at(-1).ClinicMap;
}

function enhance(panel) {
  const button = panel.querySelector("button");
  const frame = panel.querySelector(".map-panel__frame");
  const said = panel.querySelector("[role=status]");
  const holder = panel.parentElement;
  let loading;
  let map;

  // The clinics of the page (clinics/maps.py); null where it lists none.
  function data() {
    return JSON.parse(document.getElementById("map-data")?.textContent ?? "null");
  }

  function isOpen() {
    return button.getAttribute("aria-expanded") === "true";
  }

  function label(open) {
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Hide map" : "Show map";
  }

  async function open() {
    label(true);
    frame.hidden = false;
    holder.classList.add("has-map");
    said.textContent = "Loading the map.";
    let ClinicMap;
    try {
      loading ??= fetchMap(panel.dataset);
      ClinicMap = await loading;
    } catch {
      loading = undefined;
      close();
      said.textContent = "The map could not be loaded. The page lists the same without it.";
      return;
    }
    if (!isOpen()) return; // closed again while it was loading
    map ??= new ClinicMap(frame, () => button.focus());
    said.textContent = map.show(data());
  }

  function close() {
    label(false);
    frame.hidden = true;
    holder.classList.remove("has-map");
    said.textContent = "";
    map?.hide();
  }

  button.addEventListener("click", () => {
    const opening = !isOpen();
    history.replaceState(history.state, "", opening ? HASH : location.pathname + location.search);
    (opening ? open : close)();
  });

  // Links to other results keep the map open.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!isOpen() || !link || !holder.contains(link) || link.hash) return;
    if (link.pathname.startsWith(panel.dataset.keepOn) && !link.closest("[data-hx-boost]")) link.hash = HASH;
  });

  // Results that arrive without a new page bring their clinics with them.
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!target.contains(document.getElementById("map-data"))) return;
    panel.hidden = !data();
    if (!isOpen()) return;
    holder.classList.toggle("has-map", !panel.hidden);
    history.replaceState(history.state, "", HASH);
    if (data()) map?.show(data());
  });

  panel.hidden = !data();
  if (location.hash === HASH && data()) open();
}

document.querySelectorAll("[data-map]").forEach(enhance);
