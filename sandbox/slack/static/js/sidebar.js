import { avatar } from "./avatar.js";
import { el, fill, outside } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";

/** The side of the page: who you are, where you can talk, and the other far sides: links, rooms, telephones. */
export class Sidebar {
  constructor({ node, workspace, farPanels, startDirect, closeDrawer }) {
    this.workspace = workspace;
    this.farPanels = farPanels;
    this.name = el("b", { class: "workspace-name" }, "Recbot sandbox");
    this.app = el("span", { class: "app-state" });
    this.who = el("button", {
      type: "button", class: "who", id: "person", "aria-haspopup": "menu", "aria-expanded": "false",
      on: { click: () => this.#choosePerson() },
    });
    this.lists = el("nav", { class: "places", "aria-label": "Conversations" });
    this.add = el(
      "button",
      {
        type: "button", class: "icon-button", "aria-label": "New direct message", title: "New direct message",
        "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => this.#chooseDirect(startDirect) },
      },
      icon("plus"),
    );
    this.links = el("ul", { class: "links" });
    this.farSide = el(
      "details",
      { class: "far-side", open: localStorage.getItem("far-side") !== "closed" },
      el("summary", {}, "Far side", icon("chevron")),
      this.links,
      farPanels.map(({ node: panel }) => panel),
    );
    this.farSide.addEventListener("toggle", () => {
      localStorage.setItem("far-side", this.farSide.open ? "open" : "closed");
      this.watchFarSide();
    });
    const close = el(
      "button",
      { type: "button", class: "icon-button drawer-button", "aria-label": "Close the sidebar", on: { click: closeDrawer } },
      icon("close"),
    );
    const mark = el("img", { class: "mark", src: "/static/icon.svg", alt: "" });
    fill(
      node,
      el("header", { class: "side-head" }, mark, el("div", { class: "side-names" }, this.name, this.app), close),
      this.who,
      this.lists,
      this.farSide,
    );
  }

  /** Looks at the other far sides as long as somebody wants to see them. */
  watchFarSide() {
    for (const panel of this.farPanels) panel.watch(this.farSide.open && this.workspace.hasFarSides);
  }

  draw(current) {
    const { workspace } = this;
    const me = workspace.person(workspace.me);
    const myName = workspace.personName(workspace.me);
    fill(
      this.who,
      avatar(me, myName),
      el("span", { class: "who-words" }, el("small", {}, "You are:"), el("b", {}, myName)),
      icon("chevron"),
    );
    this.app.className = workspace.connected ? "app-state on" : "app-state";
    this.app.textContent = workspace.connected ? "App connected" : "App not connected";
    const all = [...workspace.conversations.values()];
    const entries = (direct) =>
      all.filter(({ type }) => (type === "im") === direct).map((conversation) => this.#entry(conversation, current));
    fill(
      this.lists,
      el("h2", { id: "channels" }, "Channels"),
      el("ul", { "aria-labelledby": "channels" }, entries(false)),
      el("h2", { id: "directs" }, "Direct messages", this.add),
      el("ul", { "aria-labelledby": "directs" }, entries(true)),
    );
    fill(
      this.links,
      workspace.links.map(({ title, url }) => el("li", {}, outside(url, {}, icon("link"), el("span", {}, title)))),
    );
    this.farSide.hidden = !workspace.links.length && !workspace.hasFarSides;
  }

  #entry(conversation, current) {
    const { workspace } = this;
    const other = conversation.members.find((id) => id !== workspace.me) ?? workspace.me;
    const title = workspace.title(conversation);
    const picture = {
      channel: () => icon("hash"),
      private: () => icon("lock"),
      im: () => avatar(workspace.person(other), title),
    }[conversation.type]();
    const unread = Number(conversation.unread ?? 0);
    return el(
      "li",
      {},
      el(
        "a",
        {
          class: unread ? "place unread" : "place",
          href: `#${conversation.id}`,
          "aria-current": conversation.id === current ? "page" : undefined,
          data: { place: conversation.id },
        },
        picture,
        el("span", { class: "place-name" }, title),
        unread > 0 && el("span", { class: "count", "aria-label": `${unread} unread` }, unread > 99 ? "99+" : String(unread)),
      ),
    );
  }

  #choosePerson() {
    const { workspace } = this;
    const people = [...workspace.people.values()].filter((person) => !person.is_bot);
    const become = (id) => {
      location.href = `?${new URLSearchParams({ as: id })}${location.hash}`;
    };
    const items = people.map(({ id, is_guest: guest }) => ({
      label: workspace.personName(id),
      description: guest ? "Guest" : undefined,
      checked: id === workspace.me,
      choose: () => become(id),
    }));
    openMenu(this.who, items, "Be another person");
  }

  #chooseDirect(start) {
    const { workspace } = this;
    const others = [...workspace.people.values()].filter(({ id }) => id !== workspace.me);
    const items = others.map(({ id, is_bot: app }) => ({
      label: workspace.personName(id),
      description: app ? "App" : undefined,
      choose: () => start(id),
    }));
    openMenu(this.add, items, "Write to");
  }
}
