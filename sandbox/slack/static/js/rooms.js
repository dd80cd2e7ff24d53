import { counted, el, fill } from "./dom.js";

const PACE = 2000;

/**
 * The meeting rooms of the far side, and what can happen in them: people come and go, a recorder is lost.
 *
 * Where the sandbox has no such rooms the panel stays hidden.
 */
export class Rooms {
  #timer = 0;
  #drawn = "";
  #watched = false;

  constructor() {
    this.node = el("div", { class: "rooms", hidden: true });
    document.addEventListener("visibilitychange", () => this.watch(this.#watched));
  }

  /** Looks at the rooms every now and then while somebody can see them. */
  watch(watched) {
    this.#watched = watched;
    clearTimeout(this.#timer);
    if (watched && !document.hidden) this.#look();
  }

  async #look() {
    const gone = await this.#refresh();
    clearTimeout(this.#timer);
    if (!gone && this.#watched && !document.hidden) this.#timer = setTimeout(() => this.#look(), PACE);
  }

  /** Draws what is true now; gives true where there are no rooms to look at. */
  async #refresh() {
    let response;
    try {
      response = await fetch("/page/vidyo/state");
    } catch {
      return false;
    }
    if (response.status === 404) {
      this.node.hidden = true;
      return true;
    }
    if (!response.ok) return false;
    const { rooms } = await response.json();
    const seen = JSON.stringify(rooms);
    this.node.hidden = !rooms.length;
    if (seen !== this.#drawn) fill(this.node, rooms.map((room) => this.#room(room)));
    this.#drawn = seen;
    return false;
  }

  #room(room) {
    const { recorder, people } = room;
    const paused = recorder?.paused;
    const state = recorder
      ? el("span", { class: paused ? "recorder paused" : "recorder" }, recorder.name, paused && ", paused")
      : el("span", { class: "soft" }, "No recorder");
    return el(
      "section",
      { class: "room", "aria-label": room.name, data: { room: room.key } },
      el("h3", {}, room.name, el("code", {}, room.key)),
      el(
        "p",
        { class: "room-state" },
        el("span", { title: people.join(", ") }, people.length ? counted(people.length, "person", "people") : "Empty"),
        state,
      ),
      el(
        "div",
        { class: "room-buttons" },
        this.#button("A person joins", "people-join", { room: room.key, count: 1 }),
        this.#button("Everyone leaves", "people-leave", { room: room.key }, !people.length),
        this.#button("Recorder drops out", "recorder-drops-out", { room: room.key }, !recorder),
      ),
    );
  }

  #button(label, deed, body, disabled) {
    const button = el("button", { type: "button", class: "button small", disabled }, label);
    button.addEventListener("click", async () => {
      button.setAttribute("aria-busy", "true");
      const headers = { "Content-Type": "application/json" };
      try {
        await fetch(`/page/vidyo/${deed}`, { method: "POST", headers, body: JSON.stringify(body) });
      } finally {
        button.removeAttribute("aria-busy");
        await this.#refresh();
      }
    });
    return button;
  }
}
