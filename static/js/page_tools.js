// Buttons that only a browser can give: to copy an address or some code, and to print. The stylesheet shows them
// where scripts run. Clicks are heard on the document, since parts of a page may be replaced.

async function copy(part) {
  const field = part.querySelector("input, textarea");
  const said = part.querySelector("[role=status]");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = "Copied.";
  } catch {
    said.textContent = "Your browser did not let us copy it. It is selected: copy it from there.";
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy] button, [data-print]");
  if (button?.matches("[data-print]")) window.print();
  else if (button) copy(button.closest("[data-copy]"));
});
