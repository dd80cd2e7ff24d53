import { el, isSafeUrl, outside } from "../dom.js";
import { icon } from "../icons.js";
import { drawText, plain } from "./text.js";
import { notDrawn } from "./unknown.js";

/** An `image` block: the title above the picture, the alternative text where it cannot be loaded. */
export function drawImage(block) {
  const url = block.image_url ?? block.slack_file?.url;
  if (!url) return notDrawn("image without an address");
  const image = el("img", { src: url, alt: block.alt_text ?? "", loading: "lazy" });
  return el(
    "figure",
    { class: "block-image" },
    block.title && el("figcaption", {}, plain(block.title)),
    image,
  );
}

/** A `video` block: a card that leads to the video, which plays in a tab of its own. */
export function drawVideo(block, id, surface) {
  const url = block.title_url ?? block.video_url;
  const about = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  const still = block.thumbnail_url && el("img", { src: block.thumbnail_url, alt: block.alt_text ?? "", loading: "lazy" });
  if (still) still.addEventListener("error", () => still.remove());
  const poster = el(
    "span",
    { class: "video-poster" },
    still,
    el("span", { class: "video-play" }, icon("play")),
  );
  return el(
    "div",
    { class: "block-video" },
    isSafeUrl(block.video_url) ? outside(block.video_url, { "aria-label": `Play ${plain(block.title)}` }, poster) : poster,
    el(
      "div",
      { class: "video-words" },
      isSafeUrl(url) ? outside(url, { class: "video-title" }, plain(block.title)) : el("b", {}, plain(block.title)),
      about && el("small", { class: "soft" }, about),
      block.description && el("p", {}, drawText(block.description, surface.names)),
    ),
  );
}

/** A `file` block: a remote file, known by its outside id. */
export const drawFile = (block) =>
  el("div", { class: "block-file" }, icon("file"), el("span", {}, block.external_id ?? "File"));
