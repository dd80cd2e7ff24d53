import { el, outside } from "./dom.js";
import { icon } from "./icons.js";

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** "482 bytes", "3.4 MB". */
export function readableSize(bytes) {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** A file in a message: video, sound and pictures are shown in place, and each can be downloaded. */
export function drawFile(file) {
  const title = file.title || file.name;
  const kind = (file.mimetype ?? "").split("/")[0];
  const shown = {
    video: () => el("video", { src: file.url, controls: true, preload: "metadata", "aria-label": title }),
    audio: () => el("audio", { src: file.url, controls: true, preload: "metadata", "aria-label": title }),
    image: () => el("img", { src: file.url, alt: title, loading: "lazy" }),
  }[kind];
  const about = [file.mimetype, file.size !== undefined && readableSize(file.size)].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: `file file-${shown ? kind : "other"}`, data: { fileId: file.id } },
    el(
      "div",
      { class: "file-head" },
      icon("file"),
      el("span", { class: "file-words" }, el("b", {}, title), el("small", { class: "soft" }, about)),
      outside(
        file.url,
        { class: "icon-button", download: file.name, "aria-label": `Download ${title}`, title: "Download" },
        icon("download"),
      ),
    ),
    shown?.(),
  );
}
