// The chat page. Text from the server is only ever set as text, never as markup.
// What the citizen sends is kept in localStorage until the server has said 202.

const root = document.querySelector("[data-chat]");
const log = root.querySelector("[data-log]");
const form = root.querySelector("[data-form]");
const box = form.querySelector("textarea");
const state = root.querySelector("[data-state]");
const words = root.dataset;

const KEY = "danhoi.conversation";
const QUEUE = "danhoi.unsent";
const API = "/api/v1";
const RETRY_FIRST = 1000;
const RETRY_MOST = 30000;
const POLL = 4000;

let conversation = localStorage.getItem(KEY);
let last = 0;
let stream = null;
let retry = RETRY_FIRST;
let sending = false;
const shown = new Set();

const queue = {
  all: () => JSON.parse(localStorage.getItem(QUEUE) || "[]"),
  save: (items) => localStorage.setItem(QUEUE, JSON.stringify(items)),
  add: (item) => queue.save([...queue.all(), item]),
  remove: (id) => queue.save(queue.all().filter((item) => item.client_id !== id)),
};

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// Addresses that our server put into a text become links; anything else stays text.
function withLinks(text) {
  const holder = document.createDocumentFragment();
  for (const part of text.split(/(https:\/\/[^\s]+)/)) {
    if (!part.startsWith("https://")) {
      holder.append(part);
      continue;
    }
    const address = part.replace(/[.,;)]+$/, "");
    const link = element("a", "", address);
    link.href = address;
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    holder.append(link, part.slice(address.length));
  }
  return holder;
}

function bubble(role, text) {
  const item = element("li", `said said--${role}`);
  const body = element("div", "said__body");
  body.append(element("span", "visually-hidden", words[`role${role}`]), withLinks(text));
  item.append(body);
  return item;
}

function choiceButton(button, group) {
  if (button.url || button.phone) {
    const link = element("a", "button said__button", button.label);
    link.href = button.url || `tel:${button.phone}`;
    if (button.url) Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
    return link;
  }
  const node = element("button", "button said__button", button.label);
  node.type = "button";
  node.addEventListener("click", () => {
    for (const other of group.querySelectorAll("button")) other.disabled = true;
    post({ payload: button.payload, label: button.label });
  });
  return node;
}

function receipt(question) {
  const card = element("dl", "receipt");
  const rows = [
    [words.code, question.code.replace(/^(.{3})(.{3})(.)$/, "$1 $2 $3"), "code"],
    [words.agency, question.agency, ""],
    [words.due, question.due ? day(question.due) : "", ""],
  ];
  for (const [name, value, className] of rows) {
    if (value) card.append(element("dt", "", name), element("dd", className, value));
  }
  return card;
}

function day(iso) {
  return new Intl.DateTimeFormat("vi-VN", { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date(iso));
}

function show(message) {
  if (shown.has(message.seq)) return;
  shown.add(message.seq);
  last = Math.max(last, message.seq);
  const files = (message.files || []).join(", ");
  const item = bubble(message.role, message.text || files);
  if (message.question && message.decision === "receipt") item.append(receipt(message.question));
  if (message.buttons.length) {
    const group = element("div", "said__buttons");
    group.append(...message.buttons.map((button) => choiceButton(button, group)));
    item.append(group);
  }
  const waiting = log.querySelector("[data-waiting]");
  if (message.role === "citizen") log.querySelector(`[data-unsent]`)?.remove();
  log.append(item);
  if (waiting && message.role !== "citizen") waiting.remove();
  item.scrollIntoView({ block: "nearest" });
}

function showUnsent(item) {
  const node = bubble("citizen", item.text || item.label);
  node.dataset.unsent = item.client_id;
  node.append(element("span", "said__note", words.sending));
  log.append(node);
  node.scrollIntoView({ block: "nearest" });
}

function say(text, kind) {
  state.textContent = text;
  state.dataset.kind = kind || "";
}

async function open() {
  if (conversation) return;
  const answer = await fetch(`${API}/conversations`, { method: "POST" });
  if (answer.status !== 201) throw new Error(String(answer.status));
  conversation = (await answer.json()).conversation;
  localStorage.setItem(KEY, conversation);
  last = 0;
}

function forget() {
  localStorage.removeItem(KEY);
  conversation = null;
  stream?.close();
  stream = null;
  shown.clear();
}

function post(content) {
  const item = { client_id: crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`, ...content };
  queue.add(item);
  showUnsent(item);
  flush();
}

// One message after the other, in the order they were written, until the queue is empty.
async function flush() {
  if (sending) return;
  sending = true;
  try {
    for (let item = queue.all()[0]; item; item = queue.all()[0]) {
      await open();
      const outcome = await sendOne(item);
      if (outcome === "wait") return;
      queue.remove(item.client_id);
      retry = RETRY_FIRST;
    }
    say("");
    listen();
  } catch {
    later();
  } finally {
    sending = false;
  }
}

async function sendOne(item) {
  const { label, ...content } = item;
  const answer = await fetch(`${API}/chat`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation, ...content }),
  });
  if (answer.status === 202) return "sent";
  if (answer.status === 404) {
    forget();
    return "wait" && later();
  }
  if (answer.status === 429 || answer.status >= 500) {
    later(Number(answer.headers.get("Retry-After") || 0) * 1000);
    return "wait";
  }
  const { message } = await answer.json().catch(() => ({ message: words.failed }));
  refuse(item.client_id, message);
  return "refused";
}

function refuse(id, message) {
  const node = log.querySelector(`[data-unsent="${CSS.escape(id)}"]`);
  if (!node) return;
  delete node.dataset.unsent;
  node.querySelector(".said__note").textContent = message;
}

function later(wait = 0) {
  say(words.offline, "warning");
  setTimeout(flush, Math.max(wait, retry));
  retry = Math.min(retry * 2, RETRY_MOST);
  return "wait";
}

async function poll() {
  if (!conversation || stream?.readyState === EventSource.OPEN) return;
  const answer = await fetch(`${API}/chat/${encodeURIComponent(conversation)}?after=${last}`);
  if (answer.status === 404) return forget();
  if (answer.ok) (await answer.json()).messages.forEach(show);
}

function listen() {
  if (!conversation || (stream && stream.readyState !== EventSource.CLOSED)) return;
  stream = new EventSource(`${API}/chat/${encodeURIComponent(conversation)}/events?after=${last}`);
  stream.addEventListener("message", (event) => {
    say("");
    show(JSON.parse(event.data));
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) stream = null;
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text) return box.focus();
  box.value = "";
  box.style.height = "";
  post({ text });
  box.focus();
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

for (const chip of root.querySelectorAll("[data-ask]")) {
  chip.addEventListener("click", () => post({ text: chip.dataset.ask }));
}

addEventListener("online", flush);
addEventListener("offline", () => say(words.offline, "warning"));
addEventListener("visibilitychange", () => document.visibilityState === "visible" && (flush(), listen()));
addEventListener("storage", (event) => {
  if (event.key === KEY && event.newValue && event.newValue !== conversation) location.reload();
});

setInterval(() => poll().then(listen).catch(() => {}), POLL);
poll().catch(() => {}).finally(() => {
  queue.all().forEach(showUnsent);
  listen();
  flush();
});
