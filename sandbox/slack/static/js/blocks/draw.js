import { el } from "../dom.js";
import { markdown } from "../markdown.js";
import { mrkdwn } from "../mrkdwn.js";
import { drawElement, isElement } from "./elements.js";
import { drawField } from "./field.js";
import { drawFile, drawImage, drawVideo } from "./media.js";
import { drawRichText } from "./rich_text.js";
import { drawTable } from "./table.js";
import { drawText } from "./text.js";
import { notDrawn } from "./unknown.js";

const BLOCKS = {
  actions: (block, id, surface) =>
    el("div", { class: "block-actions" }, block.elements.map((element) => drawElement(element, id, surface))),
  context: (block, id, surface) =>
    el("div", { class: "block-context" }, block.elements.map((element) => contextPart(element, surface))),
  divider: () => el("hr", { class: "block-divider" }),
  file: drawFile,
  header: (block, id, surface) => el("h3", { class: "block-header" }, drawText(block.text, surface.names)),
  image: drawImage,
  input: drawField,
  markdown: (block) => el("div", { class: "block-markdown" }, markdown(block.text)),
  rich_text: drawRichText,
  section: drawSection,
  table: drawTable,
  video: drawVideo,
};

/** The blocks of a message or a modal; a type that this page does not know shows as a dashed box. */
export function drawBlocks(blocks, surface) {
  return blocks.map((block, index) => {
    const draw = Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type] : () => notDrawn(block.type);
    const id = block.block_id ?? `block-${index}`;
    const node = draw(block, id, surface);
    node.dataset.blockId = id;
    return node;
  });
}

function drawSection(block, id, surface) {
  const fields = (block.fields ?? []).map((field) => el("div", { class: "block-field" }, drawText(field, surface.names)));
  return el(
    "div",
    { class: block.accessory ? "block-section with-accessory" : "block-section" },
    el(
      "div",
      { class: "block-words" },
      block.text && el("div", { class: "block-text" }, drawText(block.text, surface.names)),
      fields.length > 0 && el("div", { class: "block-fields" }, fields),
    ),
    block.accessory && el("div", { class: "block-accessory" }, accessory(block.accessory, id, surface)),
  );
}

const accessory = (element, id, surface) =>
  element.type === "image" ? picture(element, "accessory-image") : drawElement(element, id, surface);

function contextPart(element, surface) {
  if (element.type === "image") return picture(element, "context-image");
  if (element.type === "mrkdwn") return el("span", {}, mrkdwn(element.text, surface.names));
  if (element.type === "plain_text") return el("span", {}, drawText(element, surface.names));
  return isElement(element.type) ? notDrawn(`${element.type} in context`) : notDrawn(element.type);
}

const picture = (element, className) =>
  el("img", { class: className, src: element.image_url, alt: element.alt_text ?? "", loading: "lazy" });
