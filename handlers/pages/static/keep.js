// What this device remembers: the conversation, and what was not sent yet.
// One key for each unsent message, so that two tabs never overwrite each other's.
// Where the browser forbids storage (a framed page, a private window) memory does.

const CONVERSATION = "danhoi.conversation";
const UNSENT = "danhoi.unsent.";
const memory = new Map();

function attempt(stored, inMemory) {
  try {
    return stored(localStorage);
  } catch {
    return inMemory();
  }
}

const read = (key) => memory.get(key) ?? attempt((s) => s.getItem(key), () => null);

// Only what the browser would not store is held in memory: other tabs may change the rest.
function write(key, value) {
  attempt((s) => s.setItem(key, value), () => memory.set(key, value));
}

function drop(key) {
  memory.delete(key);
  attempt((s) => s.removeItem(key), () => undefined);
}

const keys = () => [...new Set([...attempt((s) => Object.keys(s), () => []), ...memory.keys()])];

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const conversation = {
  key: CONVERSATION,
  get: () => read(CONVERSATION),
  set: (token) => write(CONVERSATION, token),
  // another tab may have opened a new one meanwhile: that one stays
  forget: (token) => read(CONVERSATION) === token && drop(CONVERSATION),
};

export const unsent = {
  add: (item) => write(UNSENT + item.client_id, JSON.stringify(item)),
  remove: (id) => drop(UNSENT + id),
  all: () =>
    keys()
      .filter((key) => key.startsWith(UNSENT))
      .map((key) => parsed(read(key)))
      .filter((item) => item && item.client_id)
      .sort((a, b) => a.written - b.written),
  clear: () => keys().filter((key) => key.startsWith(UNSENT)).forEach(drop),
};

// `crypto.randomUUID` exists on https and localhost only; this works everywhere.
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}
