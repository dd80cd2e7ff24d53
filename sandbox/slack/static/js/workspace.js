import { counted } from "./dom.js";

const keyOf = (message) => message.ephemeral_key ?? message.ts;
const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
const isElsewhere = (message) => isReply(message) && !message.broadcast;
const byTime = (a, b) => Number(a.ts) - Number(b.ts);

/**
 * What this page knows of the workspace: people, conversations, and the messages seen so far.
 *
 * Says "conversations", "messages" (detail: the channel) and "app" when one of them changed.
 */
export class Workspace extends EventTarget {
  me = "";
  people = new Map();
  conversations = new Map();
  commands = [];
  links = [];
  hints = [];
  connected = true;
  hasFarSides = false;
  #messages = new Map();
  #replies = new Map(); // how many are known by channel and thread; forgotten at each change
  #notes = 0;

  take(state) {
    this.me = state.me;
    this.people = new Map(state.people.map((person) => [person.id, person]));
    this.conversations = new Map(state.conversations.map((conversation) => [conversation.id, conversation]));
    this.commands = state.commands;
    this.links = state.links ?? [];
    this.hints = state.hints ?? [];
    this.hasFarSides = Boolean(state.controls_url || state.phone_url);
    this.connected = state.connected;
    this.#say("conversations");
    this.#say("app");
  }

  person(id) {
    return this.people.get(id);
  }

  personName(id) {
    const person = this.person(id);
    return person?.real_name || person?.name || id;
  }

  /** A conversation's name as this person reads it: a direct message is named for the others in it. */
  title(conversation) {
    if (conversation.type !== "im") return conversation.name;
    const others = conversation.members.filter((id) => id !== this.me);
    return (others.length ? others : [this.me]).map((id) => this.personName(id)).join(", ");
  }

  /** The messages of a channel, oldest first, without the replies that live in threads. */
  mainMessages(channel) {
    return [...this.#kept(channel).values()].filter((message) => !isElsewhere(message)).sort(byTime);
  }

  /** A thread: its first message and the replies to it. */
  threadMessages(channel, threadTs) {
    const inThread = (message) => message.ts === threadTs || message.thread_ts === threadTs;
    return [...this.#kept(channel).values()].filter(inThread).sort(byTime);
  }

  /** "3 replies" for a message that has a thread, else an empty text. */
  repliesLabel(message) {
    const known = this.#countReplies(message.channel).get(message.ts) ?? 0;
    const count = Math.max(message.reply_count ?? 0, known);
    return count ? counted(count, "reply", "replies") : "";
  }

  #countReplies(channel) {
    if (!this.#replies.has(channel)) {
      const counts = new Map();
      for (const { thread_ts: root } of [...this.#kept(channel).values()].filter(isReply)) {
        counts.set(root, (counts.get(root) ?? 0) + 1);
      }
      this.#replies.set(channel, counts);
    }
    return this.#replies.get(channel);
  }

  /** Fetches a channel, or one thread of it; what the server no longer has is dropped. */
  async load(server, channel, threadTs) {
    const kept = this.#kept(channel);
    const stale = new Set(kept.keys());
    for (const message of await server.messages(channel, threadTs)) {
      stale.delete(keyOf(message));
      this.#keep(message);
    }
    for (const key of stale) {
      const message = kept.get(key);
      const asked = threadTs ? message.thread_ts === threadTs : !isElsewhere(message);
      if (asked && !message.note) kept.delete(key);
    }
    this.#say("messages", channel);
  }

  arrived(message) {
    this.#keep(message);
    this.#say("messages", message.channel);
  }

  deleted(channel, ts) {
    const kept = this.#kept(channel);
    for (const [key, message] of kept) if (message.ts === ts) kept.delete(key);
    this.#say("messages", channel);
  }

  /** A line from the sandbox itself that only this reader sees, and that a reload forgets. */
  note(channel, text, threadTs) {
    // The clock of the sandbox may differ from this browser's, and a note belongs below what it speaks of.
    const last = Math.max(0, ...[...this.#kept(channel).values()].map((message) => Number(message.ts)));
    const ts = Math.max(Date.now() / 1000, last + 0.0001).toFixed(6);
    const key = `note-${(this.#notes += 1)}`;
    this.arrived({ ts, channel, text, thread_ts: threadTs, ephemeral: true, ephemeral_key: key, note: true });
  }

  keepConversation(conversation) {
    this.conversations.set(conversation.id, { ...this.conversations.get(conversation.id), ...conversation });
    this.#say("conversations");
  }

  markUnread(channel) {
    const conversation = this.conversations.get(channel);
    if (!conversation) return;
    conversation.unread = Number(conversation.unread ?? 0) + 1;
    this.#say("conversations");
  }

  markRead(channel) {
    const conversation = this.conversations.get(channel);
    if (!conversation?.unread) return;
    conversation.unread = 0;
    this.#say("conversations");
  }

  setConnected(connected) {
    this.connected = connected;
    this.#say("app");
  }

  #kept(channel) {
    if (!this.#messages.has(channel)) this.#messages.set(channel, new Map());
    return this.#messages.get(channel);
  }

  // An unchanged message keeps its object, so that what draws it need not draw it again.
  #keep(message) {
    const kept = this.#kept(message.channel);
    const before = kept.get(keyOf(message));
    if (JSON.stringify(before) !== JSON.stringify(message)) kept.set(keyOf(message), message);
  }

  #say(type, detail) {
    this.#replies.delete(detail);
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
