import { counted, el, fill } from "./dom.js";
import { FarPanel } from "./far_panel.js";

/** The meeting rooms of the far side, and what can happen in them: people come and go, a recorder is lost. */
export class Rooms extends FarPanel {
  constructor() {
    super("/page/vidyo", "rooms");
  }

  draw({ rooms }) {
    this.node.hidden = !rooms.length;
    fill(this.node, rooms.map((room) => this.#room(room)));
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
        this.button("A person joins", "people-join", { room: room.key, count: 1 }),
        this.button("Everyone leaves", "people-leave", { room: room.key }, !people.length),
        this.button("Recorder drops out", "recorder-drops-out", { room: room.key }, !recorder),
      ),
    );
  }
}
