import { el, isSafeUrl, outside } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { dateNode } from "./time.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const STYLES = { "*": "strong", _: "em", "~": "s" };
const BARE_URL = /https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]}'"”’]/g;

/** Slack escapes three characters in its text; all others are themselves. */
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

const leaf = (text) => document.createTextNode(withEmoji(unescape(text)));

/**
 * Slack's mrkdwn as nodes.
 *
 * `names` is the workspace, which knows what people and channels are called. Everything that is not
 * markup stays visible as it was typed, and nothing in it becomes an element by itself.
 */
export function mrkdwn(text, names) {
  const out = document.createDocumentFragment();
  text.split(/```\n?([\s\S]+?)\n?```\n?/).forEach((part, index) => {
    if (index % 2) out.append(el("pre", {}, el("code", {}, ...literal(part))));
    else if (part) out.append(...quotesAndLines(part, names));
  });
  return out;
}

function quotesAndLines(text, names) {
  const nodes = [];
  let quoted = [];
  const endQuote = () => {
    if (quoted.length) nodes.push(el("blockquote", {}, inline(quoted.join("\n"), names)));
    quoted = [];
  };
  let plain = [];
  const endPlain = () => {
    if (plain.length) nodes.push(inline(plain.join("\n"), names));
    plain = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:>|&gt;)\s?(.*)$/.exec(line);
    if (quote) {
      endPlain();
      quoted.push(quote[1]);
    } else {
      endQuote();
      plain.push(line);
    }
  }
  endQuote();
  endPlain();
  return nodes;
}

/** One run of text: styles, code, links, mentions, dates and emoji. */
export function inline(text, names) {
  const out = document.createDocumentFragment();
  let pending = "";
  const flush = () => {
    out.append(...linked(pending));
    pending = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = markupAt(text, at, names);
    if (found) {
      flush();
      out.append(found.node);
      at = found.end;
    } else {
      pending += text[at];
      at += 1;
    }
  }
  flush();
  return out;
}

function markupAt(text, at, names) {
  const char = text[at];
  if (char === "<") {
    const end = text.indexOf(">", at);
    const node = end > at + 1 ? angled(text.slice(at + 1, end), names) : null;
    return node && { node, end: end + 1 };
  }
  if (char === "`") {
    const end = text.indexOf("`", at + 1);
    if (end <= at + 1 || text.slice(at, end).includes("\n")) return null;
    return { node: el("code", {}, ...literal(text.slice(at + 1, end))), end: end + 1 };
  }
  if (Object.hasOwn(STYLES, char) && !/[\w*~]/.test(text[at - 1] ?? " ")) {
    const end = closing(text, at, char);
    if (end > 0) return { node: el(STYLES[char], {}, inline(text.slice(at + 1, end), names)), end: end + 1 };
  }
  return null;
}

// A style opens before and closes after something, on one line, and never in the middle of a word.
function closing(text, start, char) {
  if (/\s/.test(text[start + 1] ?? " ")) return -1;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at += 1) {
    const inner = text[at] === "<" ? text.indexOf(">", at) : text[at] === "`" ? text.indexOf("`", at + 1) : -1;
    if (inner > at) at = inner;
    else if (text[at] === char && at > start + 1 && !/\s/.test(text[at - 1]) && !/\w/.test(text[at + 1] ?? " "))
      return at;
  }
  return -1;
}

/** What stands between angle brackets, or null when that means nothing to Slack. */
function angled(body, names) {
  const [target, ...rest] = body.split("|");
  const label = rest.length ? rest.join("|") : undefined;
  if (target.startsWith("@")) return mention(target.slice(1), label, names);
  if (target.startsWith("#")) return channel(target.slice(1), label, names);
  if (target.startsWith("!date^")) {
    const [, unix, format, link] = target.split("^");
    return dateNode(Number(unix), unescape(format ?? ""), link && unescape(link), unescape(label ?? ""));
  }
  if (target.startsWith("!")) return broadcast(target.slice(1), label);
  const url = unescape(target);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url) || !isSafeUrl(url)) return null;
  return outside(url, {}, label === undefined ? url.replace(/^mailto:/, "") : leaf(label));
}

/** A person named in a text; the reader's own name stands out. */
export function mention(id, label, names) {
  const name = names.person(id) ? names.personName(id) : unescape(label ?? id);
  return el("span", { class: id === names.me ? "mention mention-me" : "mention", data: { user: id } }, `@${name}`);
}

/** A channel named in a text, which leads there. */
export function channel(id, label, names) {
  const known = names.conversations.get(id);
  const name = `#${known?.name ?? unescape(label ?? id)}`;
  return known ? el("a", { class: "mention", href: `#${id}` }, name) : el("span", { class: "mention" }, name);
}

/** A word that calls everyone: `<!here>`, `<!channel>`, `<!everyone>`, `<!subteam^S1|@group>`. */
export function broadcast(word, label) {
  const text = unescape(label ?? word.split("^")[0]);
  return el("span", { class: "mention mention-me" }, text.startsWith("@") ? text : `@${text}`);
}

// Within code only addresses keep their meaning; they show as what was linked.
const literal = (text) => [unescape(text.replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1"))];

function linked(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(BARE_URL)) {
    const url = unescape(match[0]);
    if (!isSafeUrl(url)) continue;
    nodes.push(leaf(text.slice(from, match.index)), outside(url, {}, url));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(leaf(text.slice(from)));
  return nodes;
}
