import { Composer } from "./composer.js";
import { counted, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./message_list.js";
import { themeToggle } from "./theme.js";
import { welcome } from "./welcome.js";

/** The middle of the page: one conversation, with its head, its messages and the box below. */
export class ConversationPane {
  channel = "";
  #drafts = new Map();

  constructor({ node, workspace, act, send, openThread, openDrawer }) {
    this.workspace = workspace;
    this.list = new MessageList({ workspace, act, openThread, label: "Messages" });
    this.composer = new Composer({
      workspace,
      id: "composer",
      withCommands: true,
      onSend: (text) => send(this.channel, text),
    });
    this.title = el("h1", {});
    this.topic = el("p", { class: "topic soft" });
    this.lost = el("p", { class: "banner", role: "status", hidden: true }, "The connection is lost. Trying again…");
    this.silent = el(
      "p",
      { class: "silent", role: "status", hidden: true },
      "The app is not connected yet: commands and buttons are answered once it is.",
    );
    const drawer = el(
      "button",
      { type: "button", class: "icon-button drawer-button", "aria-label": "Open the sidebar", on: { click: openDrawer } },
      icon("menu"),
    );
    fill(
      node,
      el(
        "header",
        { class: "pane-head" },
        drawer,
        el("div", { class: "pane-title" }, this.title, this.topic),
        themeToggle(),
      ),
      this.lost,
      this.list.node,
      el("div", { class: "pane-foot" }, this.silent, this.composer.node),
    );
  }

  open(channel) {
    this.#drafts.set(this.channel, this.composer.text);
    this.channel = channel;
    this.list.clear();
    this.composer.restore(this.#drafts.get(channel) ?? "");
    this.drawHead();
  }

  drawHead() {
    const conversation = this.workspace.conversations.get(this.channel);
    const title = this.workspace.title(conversation);
    const mark = { channel: icon("hash"), private: icon("lock") }[conversation.type];
    fill(this.title, mark, title);
    const people = conversation.type !== "im" && counted(conversation.members.length, "member", "members");
    this.topic.textContent = [people, conversation.topic].filter(Boolean).join(" · ");
    this.composer.name(`Message ${conversation.type === "im" ? title : `#${title}`}`);
    this.silent.hidden = this.workspace.connected;
  }

  drawMessages() {
    const conversation = this.workspace.conversations.get(this.channel);
    const messages = this.workspace.mainMessages(this.channel);
    const intro = welcome(conversation, this.workspace, !messages.length, (hint) => this.composer.setText(hint));
    if (this.list.intro.textContent !== intro.textContent) fill(this.list.intro, intro);
    this.list.show(messages);
  }

  setLost(lost) {
    this.lost.hidden = !lost;
  }
}
