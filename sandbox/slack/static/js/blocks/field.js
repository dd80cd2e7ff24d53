import { el, freshId } from "../dom.js";
import { drawElement } from "./elements.js";
import { plain } from "./text.js";

/** An `input` block: a label, what it asks for, a hint, and room for what is wrong with the answer. */
export function drawField(block, blockId, surface) {
  const labelId = freshId("label");
  const options = { labelId, silent: !block.dispatch_action, optional: Boolean(block.optional) };
  const control = drawElement(block.element, blockId, surface, options);
  const label = el(
    "div",
    { class: "field-label", id: labelId },
    plain(block.label),
    block.optional && el("span", { class: "soft" }, " (optional)"),
  );
  label.addEventListener("click", () => (control.querySelector("input") ?? control).focus());
  const field = el(
    "div",
    { class: "field" },
    label,
    control,
    block.hint && el("p", { class: "field-hint" }, plain(block.hint)),
  );
  field.dataset.required = String(!block.optional);
  return field;
}

/** Says below a field what is wrong with it; without a text the complaint goes away. */
export function complain(field, text) {
  field.querySelector(".field-error")?.remove();
  const control = field.querySelector("[data-action-id]");
  control?.removeAttribute("aria-invalid");
  control?.removeAttribute("aria-describedby");
  if (!text) return;
  const error = el("p", { class: "field-error", id: freshId("error"), role: "alert" }, text);
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-describedby", error.id);
  control?.after(error);
}

/** What is wrong with a field before anybody is asked, or an empty text. */
export function fault(field, values) {
  const held = Object.values(values[field.dataset.blockId] ?? {})[0];
  if (!held) return "";
  const [, value] = Object.entries(held).find(([name]) => name !== "type");
  const empty = value === null || value === "" || (Array.isArray(value) && !value.length);
  const control = field.querySelector("input.typed, textarea.typed");
  if (empty && control?.validity.badInput) return control.validationMessage;
  if (empty) return field.dataset.required === "true" ? "Please fill in this field." : "";
  return control && !control.checkValidity() ? control.validationMessage : "";
}
