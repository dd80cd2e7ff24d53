import { el } from "../dom.js";

/** A box in place of what this page cannot draw, so that nothing is left out unseen. */
export const notDrawn = (type) => el("div", { class: "not-drawn" }, `not drawn: ${type}`);
