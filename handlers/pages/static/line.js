// The line to the server: opens the conversation, sends what waits, listens for what is said.
// It knows nothing of the page; it tells `ears` what happens:
//   heard(message)  accepted(id, seq)  refused(id, words)  delayed()  flowing()  forgotten()  erased()

import { conversation, unsent } from "./keep.js";

const API = "/api/v1";
const RETRY_FIRST = 1000;
const RETRY_MOST = 30000;
const POLL = 4000;
const STREAM_AGAIN = 20000;

export class Line {
  constructor(ears) {
    this.ears = ears;
    this.last = 0;
    this.retry = RETRY_FIRST;
    this.timer = null;
    this.sending = false;
    this.stream = null;
    this.streamFrom = 0;
  }

  async start() {
    await this.catchUp().catch(() => this.ears.delayed());
    this.listen();
    this.flush();
    setInterval(() => this.tick(), POLL);
    addEventListener("online", () => this.wakeUp());
    addEventListener("offline", () => this.ears.delayed());
    document.addEventListener("visibilitychange", () => document.hidden || this.wakeUp());
    addEventListener("storage", (event) => {
      if (event.key === conversation.key || event.key === null) this.adopt(conversation.get());
    });
  }

  send(item) {
    unsent.add(item);
    this.flush();
  }

  // One message after the other, in the order they were written, until none waits.
  async flush() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      for (let item = unsent.all()[0]; item; item = unsent.all()[0]) {
        await this.sendOne(item);
      }
      this.retry = RETRY_FIRST;
      this.ears.flowing();
      this.listen();
    } catch (trouble) {
      this.later(trouble.wait || 0);
    } finally {
      this.sending = false;
    }
  }

  async sendOne(item) {
    const token = await this.open();
    const body = { conversation: token, client_id: item.client_id };
    if (item.payload) body.payload = item.payload;
    else body.text = item.text;
    const answer = await fetch(`${API}/chat`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.status === 404) return this.forget(token);
    if (answer.status === 429 || answer.status >= 500) throw tooMuch(answer);
    unsent.remove(item.client_id);
    if (answer.ok) this.ears.accepted(item.client_id, (await answer.json()).seq);
    else this.ears.refused(item.client_id, await reason(answer));
    return undefined;
  }

  // A file is not kept on this device: the page shows when it has to be chosen again.
  async sendFile(id, file) {
    const form = new FormData();
    form.append("client_id", id);
    form.append("file", file, file.name);
    try {
      const token = await this.open();
      const answer = await fetch(`${this.at(token)}/files`, { method: "POST", body: form });
      if (answer.ok) this.ears.accepted(id, (await answer.json()).seq);
      else this.ears.refused(id, await reason(answer));
      this.listen();
    } catch {
      this.ears.refused(id, "");
    }
  }

  async open() {
    const known = conversation.get();
    if (known) return known;
    const answer = await fetch(`${API}/conversations`, { method: "POST" });
    if (answer.status !== 201) throw tooMuch(answer);
    const { conversation: token } = await answer.json();
    const meanwhile = conversation.get(); // another tab was faster
    if (!meanwhile) conversation.set(token);
    return meanwhile || token;
  }

  later(wait) {
    this.ears.delayed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), Math.max(wait, this.retry * (0.8 + Math.random() * 0.4)));
    this.retry = Math.min(this.retry * 2, RETRY_MOST);
  }

  wakeUp() {
    this.retry = RETRY_FIRST;
    this.flush();
    this.tick();
  }

  // Everything that was said since; also the way to listen where no stream holds.
  async catchUp() {
    const token = conversation.get();
    for (let more = Boolean(token); more; ) {
      const answer = await fetch(`${this.at(token)}?after=${this.last}`);
      if (answer.status === 404) return this.forget(token);
      if (!answer.ok) throw tooMuch(answer);
      const { messages } = await answer.json();
      messages.forEach((message) => this.hear(message));
      more = messages.length > 0;
    }
    return undefined;
  }

  listen() {
    const token = conversation.get();
    const holds = this.stream && this.stream.readyState !== EventSource.CLOSED;
    if (!token || holds || Date.now() < this.streamFrom) return;
    const stream = new EventSource(`${this.at(token)}/events?after=${this.last}`);
    this.stream = stream;
    stream.addEventListener("open", () => this.ears.flowing());
    stream.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED || this.stream !== stream) return;
      this.stream = null;
      this.streamFrom = Date.now() + STREAM_AGAIN;
    });
  }

  async tick() {
    if (document.hidden || !conversation.get() || this.stream?.readyState === EventSource.OPEN) return;
    try {
      await this.catchUp();
      if (!unsent.all().length) this.ears.flowing();
      this.listen();
    } catch {
      this.ears.delayed();
    }
  }

  hear(message) {
    this.last = Math.max(this.last, message.seq);
    this.ears.heard(message);
  }

  // The server does not know the conversation any more; what waits goes to a new one.
  forget(token) {
    conversation.forget(token);
    this.hangUp();
  }

  // Another tab opened, changed or erased the conversation.
  adopt(token) {
    this.hangUp();
    if (token) this.tick();
    else this.ears.erased();
  }

  erase() {
    unsent.clear();
    conversation.forget(conversation.get());
    this.hangUp();
    this.ears.erased();
  }

  hangUp() {
    this.stream?.close();
    this.stream = null;
    this.streamFrom = 0;
    this.last = 0;
    this.ears.forgotten();
  }

  at(token) {
    return `${API}/chat/${encodeURIComponent(token)}`;
  }
}

function tooMuch(answer) {
  const seconds = Number(answer.headers.get("Retry-After"));
  return Object.assign(new Error(`status ${answer.status}`), { wait: (seconds || 0) * 1000 });
}

async function reason(answer) {
  const told = await answer.json().catch(() => ({}));
  return told.message || "";
}
