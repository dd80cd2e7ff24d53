/**
 * An element with attributes, listeners and children.
 *
 * Strings become text nodes, so nothing that came from a person or a program is ever read as markup.
 * Attributes that are null, undefined or false are left out; true is written as an empty attribute.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else node.setAttribute(name, value === true ? "" : String(value));
  }
  return fill(node, ...children);
}

/** Puts these children in place of what the node holds; null, undefined and false are left out. */
export function fill(node, ...children) {
  const kept = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  node.replaceChildren(...kept);
  return node;
}

let count = 0;

/** An id that no other element of this page has. */
export const freshId = (stem) => `${stem}-${(count += 1)}`;

/** A link that opens in a tab of its own and cannot reach back. */
export const outside = (href, attributes, ...children) =>
  el("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);

/** Whether an address may be followed: the web, mail and telephone, never a script. */
export function isSafeUrl(url) {
  try {
    return ["http:", "https:", "mailto:", "tel:"].includes(new URL(url, location.href).protocol);
  } catch {
    return false;
  }
}

const PLURALS = new Intl.PluralRules("en");

/** "1 reply", "3 replies". */
export const counted = (n, one, many) => `${n} ${PLURALS.select(n) === "one" ? one : many}`;
