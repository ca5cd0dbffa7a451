// Filters that take effect at once (htmx fetches what changes), and open as a sheet on a phone.
// Without this, or where htmx did not arrive, the panel folds and has a button.

const PHONE = matchMedia("(max-width: 59.99rem)");

function enhance(panel) {
  const form = panel.querySelector("form");
  const show = form.querySelector("[data-show]");
  const sheet = document.createElement("dialog");
  sheet.className = "filter-sheet";
  sheet.setAttribute("aria-labelledby", "filter-sheet-title");
  const head = document.createElement("div");
  head.className = "filter-sheet__head";
  const title = Object.assign(document.createElement("h2"), { id: "filter-sheet-title", textContent: "Filters" });
  title.className = "filter-sheet__title";
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
  close.className = "button button--quiet";
  head.append(title, close);
  sheet.append(head);
  panel.after(sheet);
  form.querySelector("[type=submit]").hidden = true;

  panel.querySelector("summary").addEventListener("click", (event) => {
    if (!PHONE.matches) return;
    event.preventDefault();
    show.hidden = false;
    sheet.append(form);
    sheet.showModal();
  });
  close.addEventListener("click", () => sheet.close());
  sheet.addEventListener("close", () => {
    show.hidden = true;
    panel.append(form);
  });
  show.addEventListener("click", () => {
    sheet.close();
    document.getElementById("near-title").focus();
  });
  PHONE.addEventListener("change", () => sheet.close());
}

// A group that somebody opened stays open.
addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  for (const { id } of detail.target.querySelectorAll("details[open][id]")) {
    detail.fragment.querySelector(`#${id}`)?.setAttribute("open", "");
  }
});

// A filter removed from the list of chosen ones takes its link, and so the focus, with it.
addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) document.getElementById("near-title").focus();
});

// The library notes the address in the tab's storage, for a history that is turned off: nothing is to stay there.
function forgetAddress() {
  sessionStorage.removeItem("htmx-current-path-for-history");
}
addEventListener("htmx:pushedIntoHistory", forgetAddress);
if (window.htmx) forgetAddress();

// The page itself says what went wrong better than a list that stays as it was.
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}

const panel = document.querySelector("[data-filters]");
if (panel && window.htmx) enhance(panel);
