import { el } from "./dom.js";

/** What stands above the first message; in an empty conversation it shows what to type. */
export function welcome(conversation, workspace, empty, fillComposer) {
  const title = workspace.title(conversation);
  const direct = conversation.type === "im";
  return el(
    "section",
    { class: empty ? "welcome" : "welcome small" },
    el("h2", {}, direct ? title : `# ${title}`),
    el(
      "p",
      { class: "soft" },
      direct
        ? `The beginning of your messages with ${title}.`
        : conversation.topic || `The beginning of the channel ${title}.`,
    ),
    empty && workspace.hints.length > 0 && examples(workspace.hints, fillComposer),
  );
}

const examples = (hints, fillComposer) =>
  el(
    "div",
    { class: "examples" },
    el("h3", {}, "Try one of these"),
    el("p", { class: "soft" }, "A click puts it into the box below, where you can change it. Enter sends it."),
    el(
      "div",
      { class: "example-list" },
      hints.map((hint) =>
        el("button", { type: "button", class: "example", on: { click: () => fillComposer(hint) } }, el("code", {}, hint)),
      ),
    ),
  );
