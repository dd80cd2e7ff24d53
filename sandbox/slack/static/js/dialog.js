import { drawText } from "./blocks/text.js";
import { el, freshId } from "./dom.js";
import { icon } from "./icons.js";

/**
 * A modal window: the rest of the page waits behind it.
 *
 * Escape and the cross call `onClose`, which decides what becomes of it.
 */
export function makeDialog({ title, className, onClose }) {
  const titleId = freshId("title");
  const heading = el("h2", { id: titleId }, title);
  const cross = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => onClose() } },
    icon("close"),
  );
  const dialog = el(
    "dialog",
    { class: className, role: "dialog", "aria-modal": "true", "aria-labelledby": titleId },
    el("header", { class: "dialog-head" }, heading, cross),
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    onClose();
  });
  // Browsers close a dialog at a second Escape without asking: then it is closed, and somebody must know.
  dialog.addEventListener("close", () => dialog.isConnected && onClose());
  return { dialog, heading };
}

/** Shows a dialog; what had the focus has it again once the dialog is removed. */
export function showDialog(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  return () => {
    dialog.close();
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
}

/** Asks before something is done, as a `confirm` object of Block Kit says; resolves to true or false. */
export function confirmed(confirm, names) {
  return new Promise((resolve) => {
    let remove = () => {};
    const answer = (yes) => {
      remove();
      resolve(yes);
    };
    const { dialog } = makeDialog({
      title: confirm.title.text,
      className: "confirm",
      onClose: () => answer(false),
    });
    const button = (text, style, yes, extra) =>
      el("button", { type: "button", class: `button ${style}`, on: { click: () => answer(yes) }, ...extra }, text);
    dialog.append(
      el("p", { class: "dialog-body" }, drawText(confirm.text, names)),
      el(
        "footer",
        { class: "dialog-foot" },
        button(confirm.deny?.text ?? "Cancel", "", false),
        button(confirm.confirm?.text ?? "Yes", confirm.style === "danger" ? "danger-solid" : "primary", true, {
          autofocus: true,
        }),
      ),
    );
    remove = showDialog(dialog);
  });
}
