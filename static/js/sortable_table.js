// Lets a reader put the rows of a table in another order. Without it they stand as the page was sent.

const said = { text: ["A to Z", "Z to A"], number: ["smallest first", "largest first"] };

for (const table of document.querySelectorAll("table[data-sortable]")) {
  const status = table.parentElement.querySelector("[data-sortable-status]");
  const headings = [...table.tHead.rows[0].cells];

  for (const heading of headings.filter((cell) => cell.dataset.sort)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(heading));
  }

  function sort(heading) {
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const kind = heading.dataset.sort;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row.cells[heading.cellIndex], kind), row]);
    rows.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === ""); // what is not known comes last, either way
      const order = kind === "number" ? a - b : a.localeCompare(b);
      return down ? -order : order;
    });
    body.append(...rows.map(([, row]) => row));
    status.textContent = `Sorted by ${heading.textContent.trim()}, ${said[kind][down ? 1 : 0]}.`;
  }
}

function value(cell, kind) {
  const text = cell.dataset.value ?? cell.textContent.trim();
  return kind === "number" && text !== "" ? Number(text) : text;
}
