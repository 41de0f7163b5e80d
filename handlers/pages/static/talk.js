// What was said, on the page. Text from the server is only ever set as text, never as markup.

const LISTED = /^[-–•]\s+/;
const LABELLED = /^([^:\n]{2,28}):\s+(\S.*)$/;

export class Talk {
  constructor(root, onPress) {
    this.words = root.dataset;
    this.scroller = root.querySelector("[data-scroller]");
    this.list = root.querySelector("[data-log]");
    this.onPress = onPress;
    this.waiting = null;
    this.patience = null;
  }

  // A message from the server takes its place by number; one we wrote is recognised again.
  hear(message) {
    if (this.list.querySelector(`[data-seq="${Number(message.seq)}"]:not([data-ours])`)) return;
    const ours = message.role === "citizen" ? this.ours(message) : null;
    const item = this.item(message);
    ours?.replaceWith(item);
    this.place(item, message.seq);
    if (ours) this.wait(message.seq);
    if (message.role === "citizen") return;
    this.rest();
    this.freeButtons();
    this.reveal(item);
  }

  write(entry) {
    if (this.entry(entry.client_id)) return;
    const item = this.bubble("citizen", entry.text || entry.label);
    item.dataset.ours = entry.client_id;
    item.dataset.text = entry.text || entry.label;
    item.append(element("span", "said__note", this.words.sending));
    this.list.append(item);
    this.reveal(item);
  }

  accepted(id, seq) {
    const item = this.entry(id);
    if (!item) return;
    if (this.list.querySelector(`[data-seq="${Number(seq)}"]:not([data-ours])`)) {
      item.remove();
      return;
    }
    item.dataset.seq = seq;
    this.note(item, this.words.received);
    this.place(item, seq);
    this.wait(seq);
  }

  refused(id, words) {
    const item = this.entry(id);
    if (!item) return;
    delete item.dataset.ours;
    item.classList.add("said--failed");
    this.note(item, words || this.words.failed);
    this.freeButtons();
  }

  delayed() {
    for (const item of this.list.querySelectorAll("[data-ours]:not([data-seq])")) this.note(item, this.words.delayed);
    this.freeButtons();
  }

  // What stays on the page belongs to an ended conversation: its numbers mean nothing now.
  forgotten() {
    for (const item of this.list.querySelectorAll("[data-seq]")) delete item.dataset.seq;
    this.rest();
  }

  clear() {
    for (const item of [...this.list.children].slice(1)) item.remove();
  }

  ours(message) {
    const mine = [...this.list.querySelectorAll("[data-ours]")];
    return (
      mine.find((item) => item.dataset.seq === String(message.seq)) ||
      mine.find((item) => !item.dataset.seq && sameText(item.dataset.text, shownText(message)))
    );
  }

  entry(id) {
    return this.list.querySelector(`[data-ours="${CSS.escape(id)}"]`);
  }

  note(item, words) {
    item.querySelector(".said__note").textContent = words;
  }

  // What stands in order stays where it was written, also beside what was refused and has no number.
  place(item, seq) {
    item.dataset.seq = seq;
    const all = [...this.list.children];
    const at = all.indexOf(item);
    const isLater = (other) => Number(other.dataset.seq) > seq || (other.dataset.ours && !other.dataset.seq) || other === this.waiting;
    const isEarlier = (other) => Number(other.dataset.seq) < seq;
    if (at >= 0 && !all.slice(0, at).some(isLater) && !all.slice(at).some(isEarlier)) return;
    this.list.insertBefore(item, all.find(isLater) || null);
  }

  item(message) {
    const item = this.bubble(message.role, shownText(message), message);
    item.append(timeNote(message.at));
    if (isReceipt(message)) item.prepend(this.receipt(message.question));
    if (message.buttons.length) item.append(this.buttons(message));
    return item;
  }

  bubble(role, text, message) {
    const item = element("li", `said said--${role}`);
    const body = element("div", "said__body");
    body.append(element("span", "visually-hidden", this.words[`role${role}`]));
    if (message && role !== "citizen") body.append(...this.lines(message));
    else body.append(element("p", "", text));
    item.append(body);
    return item;
  }

  // What stands again in a button or in the receipt is left out of the text.
  lines(message) {
    const listed = new Set(message.buttons.map((button, n) => `${n + 1}. ${button.label}`));
    const code = isReceipt(message) ? spaced(message.question.code) : null;
    const lines = message.text.split("\n").filter((line) => line.trim() && !listed.has(line.trim()) && !(code && line.includes(code)));
    const title = message.decision === "answer" ? lines.find(isShouted) : null;
    return grouped(lines).map((group) =>
      LISTED.test(group[0]) ? this.points(group) : this.line(group[0], group[0] === title, message.sources || []),
    );
  }

  points(lines) {
    const list = element("ul", "said__list");
    for (const line of lines) {
      const point = element("li", "");
      point.append(...this.withLinks(line.replace(LISTED, "")));
      list.append(point);
    }
    return list;
  }

  line(text, isTitle, sources) {
    if (isTitle) return paragraph("said__title", text);
    if (text.length < 40 && text.endsWith(":")) return paragraph("", element("strong", "", text));
    const source = sources.find(({ title }) => title && text.includes(title));
    const [, name, rest] = text.match(LABELLED) || [];
    const parts = !name || rest.startsWith("//") ? this.withLinks(text) : [element("strong", "", `${name}: `), ...this.withLinks(rest)];
    if (source && isSafe(source.url)) parts.push(" ", link(source.url, this.words.source));
    return paragraph(source ? "said__source" : "", ...parts);
  }

  // Addresses that our server put into a text become links; anything else stays text.
  withLinks(text) {
    return text.split(/(https?:\/\/\S+|\/tra-cuu\/\S+)/).map((part) => {
      const address = part.replace(/[.,;)]+$/, "");
      if (!isSafe(address)) return part;
      const label = address.includes("/tra-cuu/") ? this.words.follow : address;
      const holder = document.createDocumentFragment();
      holder.append(link(address, label), part.slice(address.length));
      return holder;
    });
  }

  buttons(message) {
    const group = element("div", "said__buttons");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.words.choices);
    const isNumbered = message.decision === "choices";
    group.append(...message.buttons.map((button, n) => this.button(button, isNumbered ? n + 1 : 0, group)));
    return group;
  }

  button(button, number, group) {
    if (button.phone) return Object.assign(element("a", "button said__button", button.label), { href: `tel:${button.phone}` });
    if (button.url) return isSafe(button.url) ? link(button.url, button.label, "button said__button") : "";
    const node = element("button", "button said__button", number ? `${number}. ${button.label}` : button.label);
    node.type = "button";
    node.addEventListener("click", () => {
      if (node.getAttribute("aria-disabled") === "true") return;
      for (const other of group.querySelectorAll("button")) other.setAttribute("aria-disabled", "true");
      this.onPress(button);
    });
    return node;
  }

  // A press is answered soon; afterwards another choice may be pressed.
  freeButtons() {
    for (const node of this.list.querySelectorAll('button[aria-disabled="true"]')) node.removeAttribute("aria-disabled");
  }

  receipt(question) {
    const card = element("dl", "receipt");
    card.append(element("dt", "", this.words.code), element("dd", "code receipt__code", spaced(question.code)));
    return card;
  }

  // Somebody is at work on it, unless the answer was faster; not announced, since it will be.
  wait(seq) {
    this.rest();
    if ([...this.list.querySelectorAll(".said--assistant, .said--officer")].some((item) => Number(item.dataset.seq) > seq)) return;
    this.waiting = element("li", "said said--assistant said--waiting");
    this.waiting.setAttribute("aria-hidden", "true");
    this.waiting.append(element("div", "said__body", this.words.waiting));
    this.list.append(this.waiting);
    this.reveal(this.waiting);
    this.patience = setTimeout(() => this.rest(), 20000);
  }

  rest() {
    clearTimeout(this.patience);
    this.waiting?.remove();
    this.waiting = null;
  }

  // A long answer is read from its beginning, below what was asked; a short one is seen whole.
  reveal(item) {
    const asked = item.previousElementSibling;
    const first = asked?.matches(".said--citizen") && asked.offsetHeight < 160 ? asked : item;
    const end = this.scroller.scrollHeight - this.scroller.clientHeight;
    this.scroller.scrollTop = Math.min(end, first.offsetTop - 12);
  }
}

// Neighbouring points of a list together, every other line by itself.
function grouped(lines) {
  const groups = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last && LISTED.test(last[0]) && LISTED.test(line)) last.push(line);
    else groups.push([line]);
  }
  return groups;
}

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function paragraph(className, ...parts) {
  const node = element("p", className);
  node.append(...parts);
  return node;
}

function link(address, label, className) {
  const node = element("a", className || "", label);
  Object.assign(node, { href: address, target: "_blank", rel: "noopener noreferrer" });
  return node;
}

const isSafe = (address) =>
  /^https:\/\//.test(address || "") || /^\/tra-cuu\//.test(address || "") || (address || "").startsWith(`${location.origin}/tra-cuu/`);

const spaced = (code) => code.replace(/^(.{3})(.{3})(.)$/, "$1 $2 $3");

const isReceipt = (message) => Boolean(message.question) && message.decision === "handoff";

const isShouted = (line) => line === line.toUpperCase() && line !== line.toLowerCase();

const sameText = (one, other) => one.replace(/\s+/g, " ").trim() === other.replace(/\s+/g, " ").trim();

const shownText = (message) => [message.text, ...(message.files || [])].filter(Boolean).join("\n");

// Hours and days are the office's, wherever the reader is.
const shaped = (shape) => new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour12: false, ...shape });
const SAME_DAY = shaped({ dateStyle: "short" });
const HOUR = shaped({ timeStyle: "short" });
const HOUR_AND_DAY = shaped({ day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });

function timeNote(iso) {
  const moment = new Date(iso);
  const node = element("time", "said__note", SAME_DAY.format(moment) === SAME_DAY.format() ? HOUR.format(moment) : HOUR_AND_DAY.format(moment));
  node.dateTime = iso;
  return node;
}
