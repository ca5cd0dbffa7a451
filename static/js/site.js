// Nothing here is needed: every page works without it.

// Leaving quickly empties the screen at once, and takes this page out of the browser's history.
document.addEventListener("click", (event) => {
  const leave = event.target.closest("[data-leave-now]");
  if (leave) {
    event.preventDefault();
    document.documentElement.hidden = true;
    document.title = "";
    location.replace(leave.href);
  }
});

// A summary of errors is the first thing to read after a form comes back.
document.querySelector(".error-summary")?.focus();
