// What a script makes easier; every page works without it. Nothing is sent anywhere.
"use strict";

// Texts to take along.
for (const button of document.querySelectorAll(".copy-do")) {
  const text = button.parentElement.querySelector("pre, .copy-text");
  if (!navigator.clipboard || !text) continue;
  const said = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent.replace(/[\u2066-\u2069]/g, ""));
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = said; }, 2000);
    } catch {
      getSelection().selectAllChildren(text);
    }
  });
}

// Print.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A choice counts at once.
for (const form of document.querySelectorAll("form[data-submit=change]")) {
  form.addEventListener("change", (event) => {
    if (event.target.type === "checkbox") form.requestSubmit();
  });
  for (const button of form.querySelectorAll(".apply")) button.hidden = true;
  // An empty field asks for nothing and is left out of the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

// Ages grow while the page is open.
const ages = [...document.querySelectorAll("time.age")];
if (ages.length > 0 && Intl.RelativeTimeFormat) {
  const said = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short", numeric: "always" });
  const tell = () => {
    for (const age of ages) {
      const seconds = Math.max(0, Math.round((Date.now() - Date.parse(age.dateTime)) / 1000));
      const [unit, length] = seconds < 60 ? ["second", 1] : seconds < 3600 ? ["minute", 60] : seconds < 172800 ? ["hour", 3600] : ["day", 86400];
      age.textContent = said.format(-Math.floor(seconds / length), unit);
    }
  };
  setInterval(tell, 15000);
}
