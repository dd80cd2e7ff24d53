import { Composer } from "./composer.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./message_list.js";

/** The panel at the side: one message and the replies to it. */
export class ThreadPane {
  channel = "";
  ts = "";

  constructor({ node, workspace, act, send, onClose }) {
    this.node = node;
    this.workspace = workspace;
    this.onClose = onClose;
    this.list = new MessageList({ workspace, act, label: "Replies" });
    this.composer = new Composer({ workspace, onSend: (text) => send(this.channel, text, this.ts) });
    this.composer.name("Reply…");
    this.where = el("span", { class: "soft" });
    const close = el(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Close the thread", on: { click: () => this.close() } },
      icon("close"),
    );
    fill(
      node,
      el("header", { class: "pane-head" }, el("div", { class: "pane-title" }, el("h2", {}, "Thread"), this.where), close),
      this.list.node,
      el("div", { class: "pane-foot" }, this.composer.node),
    );
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
  }

  get isOpen() {
    return !this.node.hidden;
  }

  open(message) {
    this.channel = message.channel;
    this.ts = message.thread_ts ?? message.ts;
    this.node.hidden = false;
    const conversation = this.workspace.conversations.get(this.channel);
    this.where.textContent = `${conversation.type === "im" ? "" : "#"}${this.workspace.title(conversation)}`;
    this.list.clear();
    this.composer.restore("");
    this.draw();
    this.composer.area.focus();
  }

  draw() {
    const messages = this.workspace.threadMessages(this.channel, this.ts);
    if (messages.length) this.list.show(messages);
    else this.close();
  }

  close() {
    this.node.hidden = true;
    this.onClose();
  }
}
