import { withEmoji } from "../emoji.js";
import { mrkdwn, unescape } from "../mrkdwn.js";

/** A text object of Block Kit as nodes: `mrkdwn` is formatted, `plain_text` is not. */
export function drawText(text, names) {
  if (!text) return "";
  return text.type === "mrkdwn" ? mrkdwn(text.text, names) : plain(text);
}

/** A `plain_text` object as a string; short names of emoji become pictures unless it says otherwise. */
export const plain = (text) => (text.emoji === false ? unescape(text.text) : withEmoji(unescape(text.text)));
