import { el } from "./dom.js";

const PACE = 2000;

/**
 * A panel of another far side: looks at its state while somebody can see it, and does what its buttons say.
 *
 * Where the sandbox has no such side the panel stays hidden. `draw(state)` fills the node.
 */
export class FarPanel {
  #address;
  #timer = 0;
  #drawn = "";
  #watched = false;

  constructor(address, className) {
    this.#address = address;
    this.node = el("div", { class: className, hidden: true });
    document.addEventListener("visibilitychange", () => this.watch(this.#watched));
  }

  /** Looks every now and then. */
  watch(watched) {
    this.#watched = watched;
    clearTimeout(this.#timer);
    if (watched && !document.hidden) this.#look();
  }

  /** A button that does something over there, and then looks at what became of it. */
  button(label, deed, body, disabled) {
    const button = el("button", { type: "button", class: "button small", disabled }, label);
    button.addEventListener("click", async () => {
      button.setAttribute("aria-busy", "true");
      try {
        await this.order(deed, body);
      } finally {
        button.removeAttribute("aria-busy");
      }
    });
    return button;
  }

  /** Does something over there; gives the reason where it was refused. */
  async order(deed, body) {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${this.#address}/${deed}`, { method: "POST", headers, body: JSON.stringify(body) });
    await this.#refresh();
    return response.ok ? "" : response.text();
  }

  async #look() {
    const gone = await this.#refresh();
    clearTimeout(this.#timer);
    if (!gone && this.#watched && !document.hidden) this.#timer = setTimeout(() => this.#look(), PACE);
  }

  /** Draws what is true now; gives true where there is nothing to look at. */
  async #refresh() {
    let response;
    try {
      response = await fetch(`${this.#address}/state`);
    } catch {
      return false;
    }
    if (response.status === 404) {
      this.node.hidden = true;
      return true;
    }
    if (!response.ok) return false;
    const text = await response.text();
    if (text !== this.#drawn) this.draw(JSON.parse(text));
    this.#drawn = text;
    return false;
  }
}
