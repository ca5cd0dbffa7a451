// Suggests places while somebody types: an editable combobox with a list, chosen by hand (WAI-ARIA APG).
// The text goes in the body of a request, never in an address, and the form works as before without this.

const SHORTEST = 2; // characters
const PAUSE = 150; // milliseconds without a key before asking
const SLOW = 400; // without an answer before saying that one is awaited
const LONGEST = 3000; // and before going on without one
const WITHOUT = "No suggestions just now. Type a whole postcode or town, and choose Search.";

function enhance(form, number) {
  const field = form.querySelector("[name=where]");
  const list = Object.assign(document.createElement("ul"), { id: `${field.id}-places-${number}`, hidden: true });
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Places");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  field.parentElement.append(list, said);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  // Counts are for those who cannot see the list; what there is instead of a list is for everybody.
  function say(words, isSeen = false) {
    said.className = isSeen ? "suggestions suggestions--none" : "visually-hidden";
    said.textContent = words;
  }
  say("");

  let active = -1; // index of the option the keyboard is on; -1: the field itself
  let timer;
  let asking; // the request under way

  function close() {
    clearTimeout(timer);
    asking?.abort();
    move(-1);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
  }

  function move(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function option({ label, country, url }, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.className = "suggestions__place";
    item.dataset.url = url;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const where = document.createElement("span");
    where.className = "quiet";
    where.textContent = country;
    item.append(label, " ", where);
    return item;
  }

  function show(places) {
    move(-1);
    list.replaceChildren(...places.map(option));
    list.hidden = !places.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    const count = places.length === 1 ? "1 place" : `${places.length} places`;
    say(places.length ? `${count}. Use the down arrow to choose.` : "No places suggested.");
  }

  async function ask() {
    const request = new AbortController();
    asking = request;
    const pending = setTimeout(() => say("Searching…", true), SLOW);
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      request.abort();
    }, LONGEST);
    const body = new URLSearchParams({ q: field.value });
    if (form.elements.country) body.set("country", form.elements.country.value);
    try {
      const answer = await fetch(form.dataset.suggestions, { method: "POST", body, signal: request.signal });
      if (!answer.ok) throw new Error(answer.status);
      const { places } = await answer.json();
      if (!request.signal.aborted) show(places);
    } catch {
      // Given up for a newer one, late, or offline: the form still works.
      if (isLate || !request.signal.aborted) say(WITHOUT, true);
    } finally {
      clearTimeout(pending);
      clearTimeout(late);
    }
  }

  field.addEventListener("input", () => {
    close();
    say("");
    if (field.value.trim().length >= SHORTEST) timer = setTimeout(ask, PAUSE);
  });

  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (list.hidden) {
      if (event.key !== "ArrowDown" || field.value.trim().length < SHORTEST) return;
      event.preventDefault();
      close(); // gives up a request under way
      ask();
      return;
    }
    const count = list.children.length;
    if (event.key === "ArrowDown") move(active + 1 < count ? active + 1 : -1);
    else if (event.key === "ArrowUp") move(active < 0 ? count - 1 : active - 1);
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else if (event.key === "Escape") close();
    else {
      if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) move(-1);
      return;
    }
    event.preventDefault();
  });

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) location.assign(chosen.dataset.url);
  });
  function leave() {
    close();
    say("");
  }
  field.addEventListener("blur", leave);
  form.addEventListener("submit", leave);
}

document.querySelectorAll("form[data-suggestions]").forEach(enhance);
