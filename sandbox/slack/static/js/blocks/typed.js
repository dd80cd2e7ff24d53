import { el } from "../dom.js";
import { plain } from "./text.js";

// Each kind: the browser's input, and the names of its value in an action and as an initial value.
const KINDS = {
  plain_text_input: ["text", "value", "initial_value"],
  number_input: ["number", "value", "initial_value"],
  email_text_input: ["email", "value", "initial_value"],
  url_text_input: ["url", "value", "initial_value"],
  datepicker: ["date", "selected_date", "initial_date"],
  timepicker: ["time", "selected_time", "initial_time"],
  datetimepicker: ["datetime-local", "selected_date_time", "initial_date_time"],
};

const two = (n) => String(n).padStart(2, "0");

function localMinute(unix) {
  const at = new Date(unix * 1000);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/**
 * Text, numbers, addresses and dates: whatever is typed or picked from a calendar.
 *
 * An empty input holds null, as Slack has it; a date with a time holds seconds since 1970.
 */
export function drawTyped(element, blockId, surface, options) {
  const [type, key, initialKey] = KINDS[element.type];
  const moment = element.type === "datetimepicker";
  const earlier = surface.earlier(blockId, element);
  const start = (earlier ? earlier[key] : element[initialKey]) ?? "";
  const attributes = {
    class: "typed",
    placeholder: element.placeholder && plain(element.placeholder),
    "aria-labelledby": options.labelId,
    "aria-label": options.labelId ? undefined : element.placeholder && plain(element.placeholder),
    maxlength: element.max_length,
    minlength: element.min_length,
    min: element.min_value,
    max: element.max_value,
    step: element.type === "number_input" ? (element.is_decimal_allowed ? "any" : 1) : undefined,
    autofocus: element.focus_on_load,
  };
  const input = element.multiline
    ? el("textarea", { ...attributes, rows: 4 })
    : el("input", { ...attributes, type, autocomplete: "off" });
  input.value = moment && start ? localMinute(start) : start;
  const value = () => {
    if (input.value === "") return null;
    return moment ? Math.floor(new Date(input.value).getTime() / 1000) : input.value;
  };
  surface.holds(blockId, element, () => ({ type: element.type, [key]: value() }));
  if (!options.silent) {
    const written = key === "value";
    input.addEventListener(written ? "keydown" : "change", (event) => {
      if (written && (event.key !== "Enter" || event.isComposing || element.multiline)) return;
      event.preventDefault();
      surface.act(input, blockId, element, { [key]: value() });
    });
  }
  return input;
}
