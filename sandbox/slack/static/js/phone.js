import { el, fill, freshId } from "./dom.js";
import { FarPanel } from "./far_panel.js";

/** The telephones of the far side: somebody calls, and what can happen to a call that goes on. */
export class Phone extends FarPanel {
  #form;
  #calls = el("div", { class: "calls" });
  #said = el("p", { class: "phone-said soft", role: "status" });
  #extension = el("select", { id: freshId("extension") });

  constructor() {
    super("/page/phone", "phone");
    const name = el("input", { id: freshId("caller"), value: "Ada Byron", autocomplete: "off" });
    const number = el("input", { id: freshId("number"), type: "tel", value: "+16505550100", autocomplete: "off" });
    const place = (direction) => async () => {
      const call = { other: name.value, number: number.value, extension: this.#extension.value, direction };
      this.#said.textContent = await this.order("call", call);
    };
    const button = (label, direction) =>
      el("button", { type: "button", class: "button small", on: { click: place(direction) } }, label);
    const field = (label, control) => el("label", { for: control.id }, el("span", {}, label), control);
    this.#form = el(
      "section",
      { class: "room", "aria-label": "Telephone" },
      el("h3", {}, "Telephone"),
      el("div", { class: "phone-fields" }, field("Who", name), field("Number", number), field("Extension", this.#extension)),
      el("div", { class: "room-buttons" }, button("They call", "Inbound"), button("We call", "Outbound")),
      this.#said,
    );
    fill(this.node, this.#form, this.#calls);
  }

  draw({ extensions, calls }) {
    this.node.hidden = false;
    const chosen = this.#extension.value;
    fill(
      this.#extension,
      extensions.map(({ number, name }) =>
        el("option", { value: number, selected: number === chosen }, `${number} ${name}`),
      ),
    );
    fill(this.#calls, calls.map((call) => this.#call(call, extensions)));
  }

  #call(call, extensions) {
    const { recording, state } = call;
    const connected = state === "Answered";
    const order = { call: call.id };
    const heard = recording
      ? el("span", { class: recording.paused ? "recorder paused" : "recorder" }, recording.paused ? "Paused" : "Recorded")
      : el("span", { class: "soft" }, "Not recorded");
    const others = extensions.filter(({ number }) => number !== call.extension);
    return el(
      "section",
      { class: "room", "aria-label": `Call with ${call.other}`, data: { call: call.id } },
      el("h3", {}, call.other, el("code", {}, `${call.number} ${call.direction === "Inbound" ? "→" : "←"} ${call.extension}`)),
      el("p", { class: "room-state" }, el("span", {}, state), heard),
      el(
        "div",
        { class: "room-buttons" },
        state === "Proceeding" && this.button("Answer", "answer", order),
        connected && !recording && this.button("Record", "record", order),
        recording && !recording.paused && this.button("Pause", "pause", order),
        recording?.paused && this.button("Resume", "resume", order),
        connected && others.length > 0 && this.button(`Transfer to ${others[0].number}`, "transfer", { ...order, extension: others[0].number }),
        this.button("Hang up", "hangup", order),
        connected && this.button("Hang up after 5 min", "hangup", { ...order, seconds: 300 }),
      ),
    );
  }
}
