const SVG = "http://www.w3.org/2000/svg";

// Stroked paths on a grid of 16 by 16.
const PATHS = {
  hash: ["M6.4 2.5 5 13.5", "M11 2.5 9.6 13.5", "M2.8 5.8h11", "M2.2 10.2h11"],
  lock: ["M4 7.5h8a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1z", "M5 7.5V5.2a3 3 0 0 1 6 0v2.3"],
  menu: ["M2.5 4.5h11", "M2.5 8h11", "M2.5 11.5h11"],
  sun: ["M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z", "M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"],
  moon: ["M13.2 9.8A5.6 5.6 0 0 1 6.2 2.8a5.6 5.6 0 1 0 7 7z"],
  thread: ["M2.5 4a1.5 1.5 0 0 1 1.5-1.5h8A1.5 1.5 0 0 1 13.5 4v5a1.5 1.5 0 0 1-1.5 1.5H7.5L4.5 13v-2.5H4A1.5 1.5 0 0 1 2.5 9z", "M5.5 5.5h5M5.5 7.7h3"],
  close: ["M4 4l8 8M12 4l-8 8"],
  send: ["M2.5 8 13.5 2.8 10.8 13.2 7.6 9.2z", "M7.6 9.2 13.5 2.8"],
  plus: ["M8 3.5v9M3.5 8h9"],
  chevron: ["M4.5 6.5 8 10l3.5-3.5"],
  download: ["M8 2.5v7.5M4.8 7 8 10.2 11.2 7", "M3 13.3h10"],
  file: ["M4 2h5l3.5 3.5V14H4z", "M9 2v3.5h3.5"],
  dots: ["M3.5 8h.01M8 8h.01M12.5 8h.01"],
  slash: ["M10.5 2.5 5.5 13.5"],
  link: ["M6.5 3.5H4A1.5 1.5 0 0 0 2.5 5v7A1.5 1.5 0 0 0 4 13.5h7a1.5 1.5 0 0 0 1.5-1.5V9.5", "M9 2.5h4.5V7M13.3 2.7 7.5 8.5"],
  down: ["M8 3v9.5M4 8.8 8 12.8l4-4"],
  play: ["M5 3.2v9.6L13 8z"],
  eye: ["M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z", "M8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z"],
  person: ["M8 2.5a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2z", "M3 13.5c.4-2.6 2.3-4 5-4s4.6 1.4 5 4"],
  check: ["M3.5 8.5 6.5 11.5 12.5 4.5"],
};

/** One of our line drawings, in the colour of the text beside it; decoration only. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
