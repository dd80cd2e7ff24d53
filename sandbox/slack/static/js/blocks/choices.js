import { el, freshId } from "../dom.js";
import { drawText } from "./text.js";

/** Radio buttons and checkboxes: a short list of options that are all in sight. */
export function drawChoices(element, blockId, surface, options) {
  const single = element.type === "radio_buttons";
  const earlier = surface.earlier(blockId, element);
  const start = single
    ? [earlier ? earlier.selected_option : element.initial_option]
    : (earlier ? earlier.selected_options : element.initial_options) ?? [];
  const checked = new Set(start.filter(Boolean).map((option) => option.value));
  const name = freshId("choice");
  const inputs = element.options.map((option) => {
    const input = el("input", { type: single ? "radio" : "checkbox", name, value: option.value });
    input.checked = checked.has(option.value);
    return input;
  });
  const list = el(
    "div",
    { class: "choices", role: single ? "radiogroup" : "group", "aria-labelledby": options.labelId },
    element.options.map((option, index) =>
      el(
        "label",
        { class: "choice" },
        inputs[index],
        el(
          "span",
          {},
          drawText(option.text, surface.names),
          option.description && el("small", {}, drawText(option.description, surface.names)),
        ),
      ),
    ),
  );
  const chosen = () => element.options.filter((_, index) => inputs[index].checked);
  const state = () => (single ? { selected_option: chosen()[0] ?? null } : { selected_options: chosen() });
  surface.holds(blockId, element, () => ({ type: element.type, ...state() }));
  if (!options.silent) list.addEventListener("change", () => surface.act(list, blockId, element, state()));
  return list;
}
