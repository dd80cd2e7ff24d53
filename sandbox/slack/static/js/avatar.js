import { el } from "./dom.js";
import { icon } from "./icons.js";

const initials = (name) => {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 1)).toUpperCase();
};

/** A person's initials on their colour; apps are square, and people round. Decoration beside the name. */
export function avatar(person, name) {
  const node = el("span", { class: person?.is_bot ? "avatar app" : "avatar", "aria-hidden": "true" }, initials(name || "?"));
  if (person?.color) node.style.setProperty("--person", `#${person.color.replace(/^#/, "")}`);
  return node;
}

/** What stands for the sandbox itself, which is nobody. */
export const sandboxAvatar = () => el("span", { class: "avatar sandbox", "aria-hidden": "true" }, icon("slash"));
