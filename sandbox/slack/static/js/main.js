import { ConversationPane } from "./conversation.js";
import { el, fill } from "./dom.js";
import { makeDrawer } from "./drawer.js";
import { listen } from "./live.js";
import { closeMenu } from "./menu.js";
import { Phone } from "./phone.js";
import { Rooms } from "./rooms.js";
import { Server } from "./server.js";
import { Sidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";
import { refreshDates } from "./time.js";
import { Views } from "./views.js";
import { Workspace } from "./workspace.js";

const DATES_PACE = 10_000;

const byId = (id) => document.getElementById(id);

async function start() {
  const server = new Server(new URLSearchParams(location.search).get("as"));
  const workspace = new Workspace();
  workspace.take(await server.state());
  server.as = workspace.me;
  history.replaceState(null, "", `?${new URLSearchParams({ as: workspace.me })}${location.hash}`);

  const drawer = makeDrawer({ sidebar: byId("sidebar"), scrim: byId("scrim") });
  const views = new Views({ workspace, server });
  const farPanels = [new Phone(), new Rooms()];

  const fail = (channel, text, threadTs) => workspace.note(channel, text, threadTs);

  async function send(channel, text, threadTs) {
    try {
      const answer = await server.send(channel, text, threadTs);
      if (answer.ok === false && answer.error) fail(channel, answer.error, threadTs);
      return answer.ok !== false;
    } catch {
      fail(channel, "This could not be sent: the sandbox did not answer.", threadTs);
      return false;
    }
  }

  async function act(message, action, values) {
    const where = message.ephemeral_key ? { ephemeral_key: message.ephemeral_key } : { message_ts: message.ts };
    try {
      const answer = await server.act({ channel: message.channel, ...where, action, state: { values } });
      // What the app failed at comes as a code, and is told by an event as well; a sentence comes only here.
      if (answer.error?.includes(" ")) fail(message.channel, answer.error, message.thread_ts);
    } catch {
      fail(message.channel, "This click was lost: the sandbox did not answer.", message.thread_ts);
    }
  }

  const thread = new ThreadPane({
    node: byId("thread"),
    workspace,
    act,
    send,
    onClose: () => delete document.body.dataset.thread,
  });

  function openThread(message) {
    document.body.dataset.thread = "open";
    thread.open(message);
    workspace.load(server, thread.channel, thread.ts);
  }

  const pane = new ConversationPane({
    node: byId("pane"),
    workspace,
    act,
    send,
    openThread,
    openDrawer: drawer.open,
  });

  async function startDirect(id) {
    const conversation = await server.openConversation([id]);
    workspace.keepConversation(conversation);
    location.hash = conversation.id;
  }

  const sidebar = new Sidebar({ node: byId("sidebar"), workspace, farPanels, startDirect, closeDrawer: drawer.close });

  function drawAround() {
    if (!workspace.conversations.has(pane.channel)) return;
    sidebar.draw(pane.channel);
    pane.drawHead();
    const unread = [...workspace.conversations.values()].reduce((sum, one) => sum + Number(one.unread ?? 0), 0);
    const title = workspace.title(workspace.conversations.get(pane.channel));
    document.title = `${unread ? `(${unread}) ` : ""}${title} · Recbot sandbox`;
  }

  function go() {
    const asked = decodeURIComponent(location.hash.slice(1));
    const channel = workspace.conversations.has(asked) ? asked : workspace.conversations.keys().next().value;
    drawer.close();
    closeMenu();
    if (channel === pane.channel) return;
    if (thread.isOpen) thread.close();
    pane.open(channel);
    workspace.markRead(channel);
    drawAround();
    pane.drawMessages();
    if (drawer.isWide()) pane.composer.area.focus();
    workspace.load(server, channel);
  }

  workspace.addEventListener("conversations", drawAround);
  workspace.addEventListener("app", drawAround);
  workspace.addEventListener("messages", ({ detail: channel }) => {
    if (channel === pane.channel) pane.drawMessages();
    if (thread.isOpen && channel === thread.channel) thread.draw();
  });
  addEventListener("hashchange", go);

  const handlers = {
    message: ({ message }) => {
      workspace.arrived(message);
      if (message.channel !== pane.channel && message.user !== workspace.me) workspace.markUnread(message.channel);
    },
    message_changed: ({ message }) => workspace.arrived(message),
    message_deleted: ({ channel, ts }) => workspace.deleted(channel, ts),
    view_open: ({ view }) => views.open(view),
    view_update: ({ view }) => views.update(view),
    view_errors: ({ view_id: id, errors }) => views.errors(id, errors),
    view_close: ({ view_id: id }) => views.close(id),
    conversation: ({ conversation }) => workspace.keepConversation(conversation),
    connected: ({ connected }) => workspace.setConnected(connected),
    failed: ({ channel, text }) => fail(channel ?? pane.channel, text),
  };

  let opened = 0;
  go();
  sidebar.watchFarSide();
  setInterval(refreshDates, DATES_PACE);
  listen(workspace.me, {
    onEvent: (event) => handlers[event.type]?.(event),
    onOpen: async () => {
      pane.setLost(false);
      opened += 1;
      if (opened > 1) workspace.take(await server.state());
      await workspace.load(server, pane.channel);
      if (thread.isOpen) await workspace.load(server, thread.channel, thread.ts);
    },
    onLost: () => pane.setLost(true),
  });
}

start().catch((error) => {
  const retry = el("button", { type: "button", class: "button", on: { click: () => location.reload() } }, "Try again");
  const title = el("h2", {}, "The sandbox does not answer");
  fill(byId("pane"), el("div", { class: "welcome" }, title, el("p", {}, error.message), retry));
  throw error;
});
