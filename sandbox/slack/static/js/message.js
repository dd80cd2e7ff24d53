import { avatar, sandboxAvatar } from "./avatar.js";
import { drawBlocks } from "./blocks/draw.js";
import { Surface } from "./blocks/surface.js";
import { el } from "./dom.js";
import { drawFile } from "./files.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { clockNode } from "./time.js";

const FRAMED = new Set(["header", "actions", "input", "table", "divider"]);

/**
 * One message as it is read: who, when, what, and what can be done with it.
 *
 * `grouped` leaves out the name when the same person goes on; `openThread` is left out within a thread.
 */
export function drawMessage(message, { workspace, act, grouped, openThread }) {
  const person = workspace.person(message.user);
  const name = authorName(message, person, workspace);
  const body = el(
    "div",
    { class: "message-body" },
    message.ephemeral && el("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
    !grouped &&
      el(
        "header",
        { class: "message-head" },
        el("b", { class: "author" }, name),
        person?.is_bot && el("span", { class: "badge" }, "APP"),
        person?.is_guest && el("span", { class: "badge" }, "GUEST"),
        clockNode(message.ts),
      ),
    content(message, workspace, act),
    (message.files ?? []).map(drawFile),
    openThread && threadLink(message, workspace, openThread),
  );
  const classes = ["message", grouped && "grouped", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  const gutter = grouped ? clockNode(message.ts) : message.note ? sandboxAvatar() : avatar(person, name);
  return el(
    "article",
    { class: classes, "aria-label": `${name}${message.ephemeral ? ", only visible to you" : ""}` },
    el("div", { class: "gutter" }, gutter),
    body,
    openThread && !message.ephemeral && tools(message, openThread),
  );
}

function authorName(message, person, workspace) {
  if (message.note) return "Sandbox";
  if (person && !person.is_bot) return workspace.personName(person.id);
  return message.username || person?.real_name || person?.name || message.user || "Unknown";
}

function content(message, workspace, act) {
  const edited = message.edited && el("span", { class: "edited" }, "(edited)");
  if (!message.blocks?.length) {
    return message.text && el("div", { class: "message-text" }, mrkdwn(message.text, workspace), edited && " ", edited);
  }
  const surface = new Surface({ names: workspace, send: (action, values) => act(message, action, values) });
  const framed = message.blocks.some((block) => FRAMED.has(block.type)) ? "blocks framed" : "blocks";
  return [el("div", { class: framed }, drawBlocks(message.blocks, surface)), edited];
}

function threadLink(message, workspace, openThread) {
  const label = workspace.repliesLabel(message);
  return (
    label &&
    el("button", { type: "button", class: "thread-link", on: { click: () => openThread(message) } }, icon("thread"), label)
  );
}

const tools = (message, openThread) =>
  el(
    "div",
    { class: "message-tools" },
    el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Reply in thread",
        title: "Reply in thread",
        on: { click: () => openThread(message) },
      },
      icon("thread"),
    ),
  );
