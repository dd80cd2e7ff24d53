import { drawBlocks } from "./blocks/draw.js";
import { complain, fault } from "./blocks/field.js";
import { Surface } from "./blocks/surface.js";
import { plain } from "./blocks/text.js";
import { makeDialog, showDialog } from "./dialog.js";
import { el, fill } from "./dom.js";

const TROUBLE = "We had some trouble connecting. Try again?";

/** The modals that are open, the newest on top: each covers the one that it was pushed upon. */
export class Views {
  #stack = [];

  constructor({ workspace, server }) {
    this.workspace = workspace;
    this.server = server;
  }

  /** Shows a view: on top of the one that it was pushed upon, else instead of all that is open. */
  open(view) {
    if (!view.previous_view_id) this.#removeFrom(0);
    const window = new ViewWindow(view, this);
    this.#stack.push(window);
    this.#cover();
    window.show();
  }

  update(view) {
    this.#find(view.id)?.draw(view);
  }

  errors(id, errors) {
    this.#find(id)?.complain(errors);
  }

  /** Takes away a view and those above it; what lies below shows again. */
  close(id) {
    const at = this.#stack.findIndex((window) => window.view.id === id);
    if (at >= 0) this.#removeFrom(at);
  }

  /** The person closes a view: the app is told where it asked to be. */
  dismiss(id) {
    this.close(id);
    this.server.closeView(id);
  }

  #find(id) {
    return this.#stack.find((window) => window.view.id === id);
  }

  #removeFrom(at) {
    for (const window of this.#stack.splice(at).reverse()) window.remove();
    this.#cover();
  }

  #cover() {
    this.#stack.forEach(({ dialog }, index) => dialog.classList.toggle("covered", index < this.#stack.length - 1));
  }
}

class ViewWindow {
  #surface;
  #busy = false;

  constructor(view, views) {
    this.views = views;
    const { dialog, heading } = makeDialog({
      title: "",
      className: "view",
      onClose: () => this.views.dismiss(this.view.id),
    });
    this.dialog = dialog;
    this.heading = heading;
    this.trouble = el("p", { class: "banner", role: "alert", hidden: true });
    this.body = el("div", { class: "dialog-body" });
    this.foot = el("footer", { class: "dialog-foot" });
    this.form = el("form", { novalidate: true }, this.trouble, this.body, this.foot);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    dialog.append(this.form);
    this.draw(view);
  }

  show() {
    this.remove = showDialog(this.dialog);
    this.body.querySelector("[autofocus], .field input, .field textarea, .field select")?.focus();
  }

  draw(view) {
    this.view = view;
    this.heading.textContent = plain(view.title);
    this.#surface = new Surface({
      names: this.views.workspace,
      before: this.#surface?.values(),
      send: (action, values) => this.#act(action, values),
    });
    fill(this.body, drawBlocks(view.blocks, this.#surface));
    const close = el("button", { type: "button", class: "button" }, view.close ? plain(view.close) : "Close");
    close.addEventListener("click", () => this.views.dismiss(this.view.id));
    this.submit = view.submit && el("button", { type: "submit", class: "button primary" }, plain(view.submit));
    fill(this.foot, close, this.submit);
    this.#setBusy(false);
  }

  /** Says at each block what is wrong with it, and goes to the first. */
  complain(errors) {
    this.#setBusy(false);
    let first = null;
    for (const field of this.body.querySelectorAll(".field")) {
      const error = errors[field.dataset.blockId];
      complain(field, error);
      if (error && !first) first = field;
    }
    first?.querySelector("[aria-invalid]")?.focus();
    first?.scrollIntoView({ block: "nearest" });
  }

  async #submit() {
    if (this.#busy || !this.submit) return;
    const values = this.#surface.values();
    const faults = [...this.body.querySelectorAll(".field")].map((field) => [field.dataset.blockId, fault(field, values)]);
    const errors = Object.fromEntries(faults.filter(([, text]) => text));
    this.complain(errors);
    if (Object.keys(errors).length) return;
    this.#setBusy(true);
    await this.#asking(() => this.views.server.submitView(this.view.id, values));
    this.#setBusy(false);
  }

  async #act(action, values) {
    const id = this.view.id;
    await this.#asking(() => this.views.server.act({ view_id: id, action, state: { values } }));
  }

  async #asking(ask) {
    this.trouble.hidden = true;
    try {
      const answer = await ask();
      if (answer.ok === false) this.#say(answer.error);
    } catch {
      this.#say("");
    }
  }

  #say(error) {
    this.trouble.textContent = error ? `${TROUBLE} (${error})` : TROUBLE;
    this.trouble.hidden = false;
  }

  #setBusy(busy) {
    this.#busy = busy;
    if (!this.submit) return;
    if (busy) this.submit.setAttribute("aria-busy", "true");
    else this.submit.removeAttribute("aria-busy");
  }
}
