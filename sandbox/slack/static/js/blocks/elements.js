import { el, isSafeUrl, outside } from "../dom.js";
import { icon } from "../icons.js";
import { openMenu } from "../menu.js";
import { drawChoices } from "./choices.js";
import { drawMultiSelect, drawSelect } from "./select.js";
import { plain } from "./text.js";
import { drawTyped } from "./typed.js";
import { notDrawn } from "./unknown.js";

const ELEMENTS = {
  button: drawButton,
  overflow: drawOverflow,
  checkboxes: drawChoices,
  radio_buttons: drawChoices,
  static_select: drawSelect,
  users_select: drawSelect,
  channels_select: drawSelect,
  conversations_select: drawSelect,
  multi_static_select: drawMultiSelect,
  multi_users_select: drawMultiSelect,
  multi_channels_select: drawMultiSelect,
  multi_conversations_select: drawMultiSelect,
  plain_text_input: drawTyped,
  number_input: drawTyped,
  email_text_input: drawTyped,
  url_text_input: drawTyped,
  datepicker: drawTyped,
  timepicker: drawTyped,
  datetimepicker: drawTyped,
};

export const isElement = (type) => Object.hasOwn(ELEMENTS, type);

/**
 * An interactive element of Block Kit.
 *
 * A change of it is sent at once; within an `input` block only where that block says `dispatch_action`,
 * which `options.silent` tells. `options.labelId` names the element that labels it.
 */
export function drawElement(element, blockId, surface, options = {}) {
  if (!isElement(element.type)) return notDrawn(element.type);
  const node = ELEMENTS[element.type](element, blockId, surface, options);
  if (element.action_id) node.dataset.actionId = element.action_id;
  return node;
}

function drawButton(element, blockId, surface) {
  const attributes = {
    class: `button ${element.style ?? ""}`.trim(),
    "aria-label": element.accessibility_label,
  };
  const chosen = { text: element.text, ...(element.value !== undefined && { value: element.value }) };
  if (element.url && isSafeUrl(element.url)) {
    const link = outside(element.url, attributes, plain(element.text));
    link.addEventListener("click", async (event) => {
      if (!element.confirm) return void surface.act(link, blockId, element, chosen);
      event.preventDefault();
      if (await surface.act(link, blockId, element, chosen)) open(element.url, "_blank", "noopener,noreferrer");
    });
    return link;
  }
  const button = el("button", { type: "button", ...attributes }, plain(element.text));
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-busy") !== "true") surface.act(button, blockId, element, chosen);
  });
  return button;
}

function drawOverflow(element, blockId, surface) {
  const button = el(
    "button",
    {
      type: "button", class: "button overflow", "aria-label": "More actions",
      "aria-haspopup": "menu", "aria-expanded": "false",
    },
    icon("dots"),
  );
  const items = element.options.map((option) => ({
    label: plain(option.text),
    description: option.description && plain(option.description),
    href: option.url && isSafeUrl(option.url) ? option.url : undefined,
    choose: () => surface.act(button, blockId, element, { selected_option: option }),
  }));
  button.addEventListener("click", () => openMenu(button, items, "More actions"));
  return button;
}
