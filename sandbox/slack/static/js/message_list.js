import { counted, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { drawMessage } from "./message.js";
import { dayKey, dayLabel } from "./time.js";

const NEAR_END = 48;
const SAME_BREATH = 300; // seconds

/**
 * Messages one below the other, in days, growing at the end.
 *
 * A reader at the end stays at the end; one who scrolled up is left alone and told of what is new.
 * Messages that did not change keep their elements: a playing video goes on, an open menu stays.
 */
export class MessageList {
  #drawn = new Map();
  #atEnd = true;
  #last = 0;
  #unseen = 0;

  constructor({ workspace, act, openThread, label }) {
    this.context = { workspace, act, openThread };
    this.intro = el("div", { class: "intro" });
    this.items = el("div", { class: "message-items", role: "log", "aria-label": label, "aria-live": "polite" });
    this.scroller = el("div", { class: "scroller", tabindex: "-1" }, this.intro, this.items);
    this.pill = el("button", { type: "button", class: "pill", hidden: true, on: { click: () => this.toEnd() } });
    this.node = el("div", { class: "message-list" }, this.scroller, this.pill);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const growth = new ResizeObserver(() => this.#atEnd && this.#jump());
    growth.observe(this.items);
    growth.observe(this.intro);
    growth.observe(this.scroller);
  }

  /** Forgets everything: another conversation is shown from now on. */
  clear() {
    this.#drawn.clear();
    this.#last = 0;
    this.items.replaceChildren();
    this.toEnd();
  }

  show(messages) {
    const wanted = [];
    const drawn = new Map();
    let before = null;
    for (const message of messages) {
      if (!before || dayKey(before.ts) !== dayKey(message.ts)) wanted.push(this.#divider(message, drawn));
      wanted.push(this.#message(message, before, drawn));
      before = message;
    }
    this.#drawn = drawn;
    this.#count(messages);
    arrange(this.items, wanted);
    if (this.#atEnd) this.#jump();
    this.#drawPill();
  }

  toEnd() {
    this.#atEnd = true;
    this.#unseen = 0;
    this.#drawPill();
    this.#jump();
  }

  #divider(message, drawn) {
    const key = `day ${dayKey(message.ts)}`;
    const node = this.#drawn.get(key)?.node ?? el("div", { class: "day", role: "separator" }, el("span"));
    const label = dayLabel(message.ts);
    if (node.firstChild.textContent !== label) node.firstChild.textContent = label;
    drawn.set(key, { node });
    return node;
  }

  #message(message, before, drawn) {
    const grouped = continues(before, message);
    const replies = this.context.openThread ? this.context.workspace.repliesLabel(message) : "";
    const key = message.ephemeral_key ?? message.ts;
    const old = this.#drawn.get(key);
    if (old?.message === message && old.grouped === grouped && old.replies === replies) {
      drawn.set(key, old);
      return old.node;
    }
    const node = drawMessage(message, { ...this.context, grouped });
    node.dataset.ts = message.ts;
    node.dataset.channel = message.channel;
    if (old) keepFocus(old.node, node);
    drawn.set(key, { node, message, grouped, replies });
    return node;
  }

  #count(messages) {
    const { me } = this.context.workspace;
    const fresh = this.#last ? messages.filter((message) => Number(message.ts) > this.#last) : [];
    if (fresh.some((message) => message.user === me)) this.toEnd();
    else if (!this.#atEnd) this.#unseen += fresh.length;
    this.#last = Math.max(this.#last, ...messages.map((message) => Number(message.ts)));
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.#atEnd) this.#unseen = 0;
    this.#drawPill();
  }

  #drawPill() {
    this.pill.hidden = this.#atEnd || !this.#unseen;
    if (!this.pill.hidden) fill(this.pill, counted(this.#unseen, "new message", "new messages"), icon("down"));
  }

  #jump() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}

/** Whether a message goes on where the one before it ended: same person, same day, minutes later. */
function continues(before, message) {
  if (!before || before.user !== message.user || before.username !== message.username) return false;
  if (Boolean(before.ephemeral) !== Boolean(message.ephemeral) || message.note || message.blocks?.length) return false;
  return dayKey(before.ts) === dayKey(message.ts) && message.ts - before.ts < SAME_BREATH;
}

/** Puts nodes in this order with as few moves as there can be: a moved video would stop. */
function arrange(parent, wanted) {
  const keep = new Set(wanted);
  for (const node of [...parent.children]) if (!keep.has(node)) node.remove();
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

/** A button that was drawn anew under somebody's finger keeps the focus. */
function keepFocus(before, after) {
  const focused = before.contains(document.activeElement) && document.activeElement.dataset.actionId;
  if (!focused) return;
  queueMicrotask(() => {
    const same = [...after.querySelectorAll("[data-action-id]")].find((node) => node.dataset.actionId === focused);
    same?.focus({ preventScroll: true });
  });
}
