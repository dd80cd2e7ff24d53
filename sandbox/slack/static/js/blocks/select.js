import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { openMenu } from "../menu.js";
import { plain } from "./text.js";

// What each kind of select keeps its choice under, in an action as in the state of a view.
const KEYS = {
  static_select: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  channels_select: ["selected_channel", "initial_channel"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
};

/** The entries of a select as `{id, label, group, value}`; `value` is what is sent. */
function entriesOf(element, names) {
  const of = (options, group) =>
    options.map((option) => ({ id: option.value, label: plain(option.text), group, value: option }));
  if (element.type.endsWith("users_select")) {
    const people = [...names.people.values()];
    return people.map(({ id }) => ({ id, label: names.personName(id), value: id }));
  }
  if (!element.type.endsWith("static_select")) {
    const all = [...names.conversations.values()];
    const shown = element.type.endsWith("channels_select") ? all.filter(({ type }) => type === "channel") : all;
    return shown.map((one) => ({ id: one.id, label: (one.type === "im" ? "" : "#") + names.title(one), value: one.id }));
  }
  if (!element.option_groups) return of(element.options);
  return element.option_groups.flatMap((group) => of(group.options, plain(group.label)));
}

const idOf = (value) => (typeof value === "object" && value ? value.value : value);

/** A choice of one: the browser's own list, which works by touch and by keyboard alike. */
export function drawSelect(element, blockId, surface, options) {
  const [key, initialKey] = KEYS[element.type];
  const entries = entriesOf(element, surface.names);
  const earlier = surface.earlier(blockId, element);
  const placeholder = element.placeholder ? plain(element.placeholder) : "Choose…";
  const select = el(
    "select",
    { class: "select", "aria-label": options.labelId ? undefined : placeholder, "aria-labelledby": options.labelId },
    el("option", { value: "", disabled: !options.optional, hidden: !options.optional }, placeholder),
    optionNodes(entries),
  );
  let current = idOf(earlier ? earlier[key] : element[initialKey]) ?? "";
  select.value = current;
  const chosen = () => entries.find(({ id }) => id === select.value)?.value ?? null;
  surface.holds(blockId, element, () => ({ type: element.type, [key]: chosen() }));
  if (!options.silent) {
    select.addEventListener("change", async () => {
      if (await surface.act(select, blockId, element, { [key]: chosen() })) current = select.value;
      else select.value = current;
    });
  }
  return select;
}

function optionNodes(entries) {
  const groups = new Map();
  for (const entry of entries) {
    const option = el("option", { value: entry.id }, entry.label);
    if (!groups.has(entry.group)) groups.set(entry.group, []);
    groups.get(entry.group).push(option);
  }
  return [...groups].map(([label, nodes]) => (label ? el("optgroup", { label }, nodes) : nodes));
}

/** A choice of several: a button that says what is chosen, and a menu with marks. */
export function drawMultiSelect(element, blockId, surface, options) {
  const [key, initialKey] = KEYS[element.type];
  const entries = entriesOf(element, surface.names);
  const earlier = surface.earlier(blockId, element);
  const chosen = new Set(((earlier ? earlier[key] : element[initialKey]) ?? []).map(idOf));
  const button = el("button", {
    type: "button", class: "select multi", "aria-haspopup": "menu", "aria-expanded": "false",
    "aria-labelledby": options.labelId,
  });
  const picked = () => entries.filter(({ id }) => chosen.has(id));
  const draw = () =>
    fill(
      button,
      picked().length
        ? picked().map(({ label }) => el("span", { class: "chip" }, label))
        : el("span", { class: "soft" }, element.placeholder ? plain(element.placeholder) : "Choose…"),
      icon("chevron"),
    );
  const state = () => ({ [key]: picked().map(({ value }) => value) });
  const toggle = (id) => {
    if (!chosen.delete(id) && chosen.size < (element.max_selected_items ?? Infinity)) chosen.add(id);
    draw();
    if (!options.silent) surface.act(button, blockId, element, state());
  };
  const items = () =>
    entries.map(({ id, label }) => ({ label, checked: chosen.has(id), choose: () => toggle(id) }));
  button.addEventListener("click", () => openMenu(button, items(), "Choose"));
  surface.holds(blockId, element, () => ({ type: element.type, ...state() }));
  draw();
  return button;
}
