// "Use my location": asks the browser where it is, rounds that to about 1 km, and only then sends it.

const DECIMALS = 2; // of a degree, 1.1 km from north to south; the server keeps no more either

const FAILURES = {
  1: "Your browser did not let us see where you are. Allow it in the settings for this site, or type a postcode or a town.",
  2: "Your device could not tell where it is. Type a postcode or a town instead.",
  3: "Finding where you are took too long. Try again, or type a postcode or a town.",
};

function enhance(here) {
  const form = here.closest("form");
  const button = here.querySelector("button");
  const said = here.querySelector("[role=status]");

  function say(words, failed = false) {
    said.textContent = words;
    said.classList.toggle("search-box__said--failed", failed);
  }

  function send({ coords }) {
    const at = document.createElement("input");
    at.type = "hidden";
    at.name = "at";
    at.value = `${coords.latitude.toFixed(DECIMALS)},${coords.longitude.toFixed(DECIMALS)}`;
    form.append(at);
    form.submit();
    at.remove(); // coming back, the box asks for what is typed
  }

  button.addEventListener("click", () => {
    say("Finding where you are…");
    navigator.geolocation.getCurrentPosition(send, (error) => say(FAILURES[error.code], true), {
      timeout: 10_000,
      maximumAge: 600_000,
    });
  });
  addEventListener("pageshow", () => say(""));
  here.hidden = false;
}

if (isSecureContext && "geolocation" in navigator) {
  document.querySelectorAll("[data-use-my-location]").forEach(enhance);
}
