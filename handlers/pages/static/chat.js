// The chat page: what the citizen does, joined to the line and to what is shown.

import { conversation, newId, unsent } from "./keep.js";
import { Line } from "./line.js";
import { Talk } from "./talk.js";

const root = document.querySelector("[data-chat]");
const form = root.querySelector("form");
const box = form.querySelector("textarea");
const state = root.querySelector("[data-state]");
const picker = root.querySelector("[data-file]");
const attach = root.querySelector("[data-attach]");
const erase = root.querySelector("[data-erase]");
const live = root.querySelector("[role=log]");
const words = root.dataset;
const FILE_MOST = 5 * 1024 * 1024;
const PATIENCE = 2500;

const talk = new Talk(root, (button) => post({ payload: button.payload, label: button.label }));
const line = new Line({
  heard: (message) => talk.hear(message),
  accepted: (id, seq) => talk.accepted(id, seq),
  refused: (id, reason) => talk.refused(id, reason),
  delayed: () => (talk.delayed(), warn()),
  flowing: () => calm(),
  forgotten: () => talk.forgotten(),
  erased: () => talk.clear(),
});
let worry = null;

// A hiccup of a second or two is nobody's concern.
function warn() {
  worry ||= setTimeout(() => (state.textContent = unsent.all().length ? words.offlineunsent : words.offline), PATIENCE);
}

function calm() {
  clearTimeout(worry);
  worry = null;
  state.textContent = "";
}

function post(content) {
  const item = { client_id: newId(), written: Date.now(), ...content };
  talk.write(item);
  line.send(item);
  erase.hidden = false;
}

function ask(text) {
  if (text.trim()) post({ text: text.trim() });
}

function fit() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 4}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "ask") {
    ask(event.submitter.value);
    return;
  }
  ask(box.value);
  box.value = "";
  fit();
  box.focus();
});

box.addEventListener("input", fit);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

// On another site's page Escape closes the frame; that page listens.
if (window.parent !== window) {
  document.addEventListener("keydown", (event) => event.key === "Escape" && window.parent.postMessage("danhoi:close", "*"));
}

attach.addEventListener("click", () => picker.click());
picker.addEventListener("change", () => {
  const file = picker.files[0];
  picker.value = "";
  if (!file) return;
  const id = newId();
  talk.write({ client_id: id, text: file.name });
  if (file.size > FILE_MOST) talk.refused(id, words.toolarge);
  else line.sendFile(id, file);
});

// On a shared computer nothing should stay behind; asked twice, since it cannot be undone.
erase.addEventListener("click", () => {
  if (!erase.dataset.sure) {
    erase.dataset.sure = "1";
    erase.textContent = words.erasesure;
    return;
  }
  line.erase();
  delete erase.dataset.sure;
  erase.textContent = words.erase;
  erase.hidden = true;
  box.focus();
});

attach.hidden = false;
erase.hidden = !conversation.get();
const topic = new URLSearchParams(location.search).get("hoi");
if (topic) {
  box.value = topic.slice(0, 200);
  fit();
}
live.setAttribute("aria-live", "off");
line.start().finally(() => {
  unsent.all().forEach((item) => talk.write(item));
  live.setAttribute("aria-live", "polite");
});
