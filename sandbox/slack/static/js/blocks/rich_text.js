import { el, isSafeUrl, outside } from "../dom.js";
import { emoji, withEmoji } from "../emoji.js";
import { broadcast, channel, mention } from "../mrkdwn.js";
import { dateNode } from "../time.js";
import { notDrawn } from "./unknown.js";

const INLINE = {
  text: (part) => withEmoji(part.text),
  link: (part) => (isSafeUrl(part.url) ? outside(part.url, {}, part.text ?? part.url) : (part.text ?? part.url)),
  user: (part, names) => mention(part.user_id, undefined, names),
  channel: (part, names) => channel(part.channel_id, undefined, names),
  usergroup: (part) => broadcast(`subteam^${part.usergroup_id}`),
  broadcast: (part) => broadcast(part.range),
  emoji: (part) => fromUnicode(part.unicode) ?? emoji(part.name) ?? `:${part.name}:`,
  date: (part) => dateNode(part.timestamp, part.format, part.url, part.fallback),
  color: (part) => el("code", {}, part.value),
};

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

// Slack writes a picture as its code points in hexadecimal: "1f44b-1f3fd".
function fromUnicode(points) {
  return points && String.fromCodePoint(...points.split("-").map((point) => parseInt(point, 16)));
}

const PARTS = {
  rich_text_section: (part, names) => el("p", {}, runs(part.elements, names)),
  rich_text_quote: (part, names) => el("blockquote", {}, runs(part.elements, names)),
  rich_text_preformatted: (part, names) => el("pre", {}, el("code", {}, runs(part.elements, names))),
  rich_text_list: (part, names) => {
    const items = part.elements.map((item) => el("li", {}, runs(item.elements, names)));
    const list = el(part.style === "ordered" ? "ol" : "ul", part.offset ? { start: part.offset + 1 } : {}, items);
    list.dataset.indent = String(part.indent ?? 0);
    return list;
  },
};

/** A `rich_text` block: sections, lists, quotes and preformatted text. */
export function drawRichText(block, id, surface) {
  const parts = block.elements.map((part) =>
    Object.hasOwn(PARTS, part.type) ? PARTS[part.type](part, surface.names) : notDrawn(part.type),
  );
  return el("div", { class: "block-rich" }, parts);
}

/** The runs of one paragraph of rich text, each in its own style. */
function runs(elements, names) {
  return elements.map((part) => {
    if (!Object.hasOwn(INLINE, part.type)) return notDrawn(part.type);
    const plain = INLINE[part.type](part, names);
    const styles = Object.keys(STYLES).filter((style) => part.style?.[style]);
    return styles.reduce((node, style) => el(STYLES[style], {}, node), plain);
  });
}
