// Clinics ticked for a comparison go along to other pages of the results, in their addresses; nothing is stored.

function withTicks(address) {
  const url = new URL(address, location.href);
  const ticked = document.querySelectorAll("[name=clinic][form=compare]:checked");
  url.searchParams.delete("clinic");
  for (const slug of new Set([...ticked].map((box) => box.value))) url.searchParams.append("clinic", slug);
  return url;
}

// This page's own address, so that the way back from a clinic finds them ticked.
document.addEventListener("change", ({ target }) => {
  if (target.matches("[name=clinic][form=compare]")) history.replaceState(history.state, "", withTicks(location.href));
});

document.addEventListener("click", ({ target }) => {
  const link = target.closest(".pagination a[href]");
  if (link) link.search = withTicks(link.href).search;
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  delete detail.parameters.clinic;
  const { pathname, search } = withTicks(detail.path);
  detail.path = pathname + search;
});
