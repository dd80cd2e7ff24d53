import { el, isSafeUrl, outside } from "./dom.js";
import { withEmoji } from "./emoji.js";

const SPAN =
  /(`+)(.+?)\1|\[([^\]]+)\]\(([^)\s]+)\)|(\*\*|__)(?=\S)(.+?)(?<=\S)\5|~~(?=\S)(.+?)(?<=\S)~~|(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\8(?!\w)/;

/** The real Markdown of a `markdown` block: headings, lists, quotes, code, rules, links and styles. */
export function markdown(text) {
  const out = document.createDocumentFragment();
  text.split(/^```[^\n]*\n([\s\S]*?)^```[ \t]*$/m).forEach((part, index) => {
    if (index % 2) out.append(el("pre", {}, el("code", {}, part.replace(/\n$/, ""))));
    else for (const lines of paragraphs(part)) out.append(block(lines));
  });
  return out;
}

const kindOf = (line) => {
  if (/^#{1,6}\s/.test(line)) return "heading";
  if (/^\s*(?:-{3,}|\*{3,})\s*$/.test(line)) return "rule";
  if (/^\s*[-*+]\s/.test(line)) return "ul";
  if (/^\s*\d+[.)]\s/.test(line)) return "ol";
  return line.startsWith(">") ? "quote" : "p";
};

/** Lines that belong together: a blank line or another kind of line ends what stood before. */
function paragraphs(text) {
  const found = [];
  let open = null;
  for (const line of text.split("\n")) {
    const kind = kindOf(line);
    if (!line.trim()) open = null;
    else if (open && open.kind === kind && kind !== "heading" && kind !== "rule") open.lines.push(line);
    else found.push((open = { kind, lines: [line] }));
  }
  return found;
}

function block({ kind, lines }) {
  if (kind === "heading") return el("p", { class: "md-heading" }, spans(lines[0].replace(/^#+\s+/, "")));
  if (kind === "rule") return el("hr");
  if (kind === "quote") return el("blockquote", {}, spans(lines.map((line) => line.replace(/^>\s?/, "")).join("\n")));
  if (kind === "p") return el("p", {}, spans(lines.join("\n")));
  const items = lines.map((line) => el("li", {}, spans(line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, ""))));
  return el(kind, kind === "ol" ? { start: parseInt(lines[0], 10) } : {}, items);
}

function spans(text) {
  const match = SPAN.exec(text);
  if (!match) return [withEmoji(text)];
  const [whole, , code, label, url, , bold, struck, , slanted] = match;
  const node =
    code !== undefined ? el("code", {}, code)
    : label !== undefined ? (isSafeUrl(url) ? outside(url, {}, spans(label)) : whole)
    : bold !== undefined ? el("strong", {}, spans(bold))
    : struck !== undefined ? el("s", {}, spans(struck))
    : el("em", {}, spans(slanted));
  return [withEmoji(text.slice(0, match.index)), node, ...spans(text.slice(match.index + whole.length))];
}
