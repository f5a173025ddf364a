// What a page needs beside its theme and its widgets: two repairs, and names for those who do not see the controls.

// The theme's icon script replaces the <i> elements that the player's buttons hold on to; "nest" leaves them in place.
window.FontAwesomeConfig = { autoReplaceSvg: "nest" };

// The widgets ask for MathJax 2 (`MathJax.Hub`), the page has MathJax 3. Load events do not bubble, but can be captured.
function bridgeMathJax() {
  if (window.MathJax && !window.MathJax.Hub) {
    window.MathJax.Hub = {
      Queue: (job) => window.MathJax.typesetPromise && window.MathJax.typesetPromise([job[2]]),
    };
  }
}
document.addEventListener("load", bridgeMathJax, true);

let lastId = 0;
function idOf(element) {
  if (!element.id) element.id = `nn-${(lastId += 1)}`;
  return element.id;
}

function set(element, attribute, value) {
  // Writing only what differs keeps the observer below from answering to itself.
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

function nameSlider(slider) {
  const handle = slider.querySelector(".noUi-handle");
  const label = slider.querySelector(".widget-label");
  const readout = slider.querySelector(".widget-readout");
  if (!handle || !label) return;
  set(handle, "aria-label", label.textContent);
  if (!readout) return;
  set(handle, "aria-valuetext", readout.textContent);
  set(readout, "role", "textbox");
  set(readout, "aria-readonly", "true");
  set(readout, "aria-label", `${label.textContent}, value`);
}

function nameQuestion(question) {
  const text = question.querySelector(".nn-question-text");
  const box = question.querySelector(".widget-radio-box");
  if (!text || !box) return;
  set(box, "role", "radiogroup");
  set(box, "aria-labelledby", idOf(text));
}

function nameExplorer(explorer) {
  const title = explorer.querySelector(".nn-title");
  if (!title) return;
  set(explorer, "role", "group");
  set(explorer, "aria-labelledby", idOf(title));
}

function namePlayer(player) {
  const names = ["Play or pause", "Back to the start"];
  player.querySelectorAll("button").forEach((button, place) => {
    set(button, "aria-label", names[place] || "Repeat");
    set(button, "title", names[place] || "Repeat");
  });
}

// What changes where the reader is, is spoken: an explorer's sentence, and the feedback to an answer. It waits until the reader
// pauses, so that dragging a slider along does not speak every frame.
const PAUSE = 400;
let spoken = null;
let heard = "";
let pause = 0;

function wordsAt(place) {
  const explorer = place && place.closest(".nn-explorer");
  if (explorer) return explorer.querySelector(".nn-frame")?.getAttribute("aria-label") || "";
  return place?.closest(".nn-question")?.querySelector(".nn-feedback")?.textContent.trim() || "";
}

function speak() {
  const words = wordsAt(document.activeElement);
  if (words === heard) return;
  heard = words;
  clearTimeout(pause);
  pause = setTimeout(() => {
    spoken.textContent = words;
  }, PAUSE);
}

function makeSpoken() {
  spoken = document.createElement("div");
  spoken.className = "nn-spoken";
  spoken.setAttribute("role", "status");
  (document.querySelector("main") || document.body).append(spoken);
  // What stands there when the reader arrives is read by the screen reader itself.
  document.addEventListener("focusin", (event) => {
    heard = wordsAt(event.target);
  });
}

function nameTheme() {
  // The theme's sidebar with the logo stands outside of every landmark.
  const sidebar = document.querySelector(".bd-sidebar-primary");
  if (!sidebar) return;
  set(sidebar, "role", "region");
  set(sidebar, "aria-label", "Book");
}

function nameAll() {
  nameTheme();
  // The feedback is spoken from its own place, once.
  document.querySelectorAll(".nn-feedback[role]").forEach((feedback) => feedback.removeAttribute("role"));
  document.querySelectorAll(".widget-slider, .widget-hslider").forEach(nameSlider);
  document.querySelectorAll(".nn-question").forEach(nameQuestion);
  document.querySelectorAll(".nn-explorer").forEach(nameExplorer);
  document.querySelectorAll(".nn-player").forEach(namePlayer);
  // A role for entries of a bibliography that the standard has taken back.
  document.querySelectorAll(".citation[role]").forEach((entry) => set(entry, "role", "listitem"));
  // The bundle writes title="null" where there is no description, and a screen reader would read it out.
  document.querySelectorAll('[title="null"]').forEach((element) => element.removeAttribute("title"));
  speak();
}

document.addEventListener("DOMContentLoaded", () => {
  makeSpoken();
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      nameAll();
    });
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
  nameAll();
});
