import { el, outside } from "./dom.js";
import { icon } from "./icons.js";

const EDGE = 8;

let open = null; // {menu, anchor}
let pressedOnAnchor = false;

// The press that closes an open menu by its own button must not open it again when it ends as a click.
addEventListener("pointerdown", (event) => (pressedOnAnchor = Boolean(open?.anchor.contains(event.target))), true);

/**
 * A menu at a button: opens towards where there is room, closes by Escape, a choice, or a click elsewhere.
 *
 * An item is `{label, description?, href?, checked?, danger?, choose?}`. A click on the button of an open
 * menu closes it.
 */
export function openMenu(anchor, items, label) {
  if (pressedOnAnchor) {
    pressedOnAnchor = false;
    closeMenu();
    return;
  }
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, popover: "auto" });
  menu.append(...items.map((item) => menuItem(item, menu)));
  // A modal dialog makes the rest of the page inert: its menus have to live within it.
  (anchor.closest("dialog") ?? document.body).append(menu);
  const follow = () => (anchor.isConnected ? place(menu, anchor) : menu.hidePopover());
  menu.addEventListener("keydown", (event) => moveFocus(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    anchor.setAttribute("aria-expanded", "false");
    removeEventListener("scroll", follow, true);
    removeEventListener("resize", follow);
    const hadFocus = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    if (open?.menu === menu) open = null;
    if (hadFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  });
  addEventListener("scroll", follow, true);
  addEventListener("resize", follow);
  menu.showPopover();
  open = { menu, anchor };
  anchor.setAttribute("aria-expanded", "true");
  place(menu, anchor);
  (menu.querySelector("[aria-checked=true]") ?? menu.firstElementChild)?.focus({ preventScroll: true });
}

/** Closes the open menu, if there is one. */
export const closeMenu = () => open?.menu.hidePopover();

function menuItem(item, menu) {
  const words = [
    item.checked !== undefined && el("span", { class: "menu-check" }, item.checked ? icon("check") : ""),
    el("span", { class: "menu-words" }, item.label, item.description && el("small", {}, item.description)),
  ];
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const attributes = {
    role,
    tabindex: "-1",
    class: item.danger ? "menu-item danger" : "menu-item",
    "aria-checked": item.checked === undefined ? undefined : String(item.checked),
    on: {
      click: () => {
        menu.hidePopover();
        item.choose?.();
      },
    },
  };
  return item.href ? outside(item.href, attributes, words) : el("button", { type: "button", ...attributes }, words);
}

function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  menu.style.maxHeight = "";
  const { offsetWidth: width, scrollHeight: height } = menu;
  const below = innerHeight - at.bottom - 2 * EDGE;
  const above = at.top - 2 * EDGE;
  const upwards = height > below && above > below;
  const room = Math.max(upwards ? above : below, 96);
  const shown = Math.min(height, room);
  menu.style.maxHeight = `${room}px`;
  menu.style.top = `${upwards ? Math.max(EDGE, at.top - shown - 4) : at.bottom + 4}px`;
  const left = at.left + width > innerWidth - EDGE ? at.right - width : at.left;
  menu.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
}

function moveFocus(event, menu) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const next = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (next !== undefined) {
    event.preventDefault();
    items[next].focus();
  } else if (event.key === "Tab") {
    event.preventDefault();
    menu.hidePopover();
  }
}
