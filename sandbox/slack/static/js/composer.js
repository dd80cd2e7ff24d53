import { el, fill, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { suggest } from "./suggest.js";

/**
 * The box in which people write: it grows with the text, and helps with commands and names.
 *
 * `onSend` takes the text and resolves to true once the server took it; otherwise the text comes back.
 */
export class Composer {
  #shown = null;
  #active = -1;
  #sent = [];

  constructor({ workspace, id, onSend, withCommands }) {
    this.workspace = workspace;
    this.onSend = onSend;
    const listId = freshId("suggestions");
    this.area = el("textarea", {
      id, rows: 1, role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": listId, autocomplete: "off", spellcheck: "true", enterkeyhint: "send",
    });
    this.list = el("div", { id: listId, class: "suggest-items", role: "listbox", "aria-label": "Suggestions" });
    this.heading = el("div", { class: "suggest-head" });
    this.popup = el("div", { class: "suggest", hidden: true }, this.heading, this.list);
    this.button = this.#tool("send", "Send", () => this.send());
    this.button.classList.add("send");
    const slash = withCommands && this.#tool("slash", "Commands", () => this.setText("/"));
    this.node = el(
      "div",
      { class: "composer" },
      this.popup,
      el("div", { class: "composer-box" }, slash, this.area, this.button),
    );
    this.area.addEventListener("input", () => this.#changed());
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("blur", () => this.#hide());
    this.#changed();
  }

  get text() {
    return this.area.value;
  }

  name(label) {
    this.area.placeholder = label;
    this.area.setAttribute("aria-label", label);
  }

  setText(text, caret = text.length) {
    this.area.value = text;
    this.area.focus();
    this.area.setSelectionRange(caret, caret);
    this.#changed();
  }

  /** Puts back a draft, without taking the focus. */
  restore(draft) {
    this.area.value = draft;
    this.#changed();
    this.#hide();
  }

  async send() {
    const text = this.text.trim();
    if (!text) return;
    this.restore("");
    this.#sent.push(text);
    if (!(await this.onSend(text)) && !this.text) this.restore(text);
  }

  #tool(name, label, click) {
    // The text keeps the focus: on a phone the keyboard would close otherwise.
    const on = { click, mousedown: (event) => event.preventDefault() };
    return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on }, icon(name));
  }

  #changed() {
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight}px`;
    this.button.disabled = !this.text.trim();
    this.#show(suggest(this.text, this.area.selectionStart, this.workspace));
  }

  #show(found) {
    this.#shown = found;
    this.#active = found?.active ?? -1;
    this.popup.hidden = !found;
    this.area.setAttribute("aria-expanded", String(Boolean(found?.items.length)));
    if (!found) return void this.area.removeAttribute("aria-activedescendant");
    fill(this.heading, el("b", {}, found.heading), found.about && el("span", { class: "soft" }, found.about));
    fill(this.list, found.items.map((item) => this.#option(item)));
    this.#mark();
  }

  #hide() {
    this.#show(null);
  }

  #option(item) {
    const take = (event) => {
      event.preventDefault();
      this.#take(item);
    };
    return el(
      "div",
      { class: "suggest-item", role: "option", id: freshId("suggestion"), on: { mousedown: take } },
      el("span", { class: "suggest-title" }, item.title),
      item.hint && el("code", { class: "suggest-hint" }, item.hint),
      item.detail && el("span", { class: "suggest-detail soft" }, item.detail),
    );
  }

  #take(item) {
    this.setText(item.fill, item.caret);
  }

  #mark() {
    [...this.list.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === this.#active));
      if (index === this.#active) option.scrollIntoView({ block: "nearest" });
    });
    const active = this.list.children[this.#active];
    if (active) this.area.setAttribute("aria-activedescendant", active.id);
    else this.area.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.isComposing) return;
    const items = this.#shown?.items ?? [];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      const from = this.#active < 0 && step < 0 ? items.length : this.#active;
      this.#active = (from + step + items.length) % items.length;
      this.#mark();
    } else if (event.key === "ArrowUp" && !this.text && this.#sent.length) {
      event.preventDefault();
      this.setText(this.#sent.at(-1));
    } else if (event.key === "Tab" && items.length && !event.shiftKey) {
      event.preventDefault();
      this.#take(items[Math.max(this.#active, 0)]);
    } else if (event.key === "Escape" && this.#shown) {
      event.stopPropagation();
      this.#hide();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (items[this.#active]) this.#take(items[this.#active]);
      else this.send();
    }
  }
}
