import { confirmed } from "../dialog.js";

const SHORTEST_BUSY = 350;

/**
 * What blocks are drawn on: a message or a modal.
 *
 * It knows what each input holds, and sends what is clicked. `send` takes the action and the values of
 * all inputs, and resolves once the server has passed it on.
 */
export class Surface {
  #readers = new Map();
  #before;

  /** `before` holds the values of an earlier drawing; an input of the same ids keeps what was typed. */
  constructor({ names, send, before = {} }) {
    this.names = names;
    this.send = send;
    this.#before = before;
  }

  /** Remembers an input and how to read it; `read` gives `{type, value}` or `{type, selected_…}`. */
  holds(blockId, element, read) {
    this.#readers.set(`${blockId}\n${element.action_id}`, { blockId, actionId: element.action_id, read });
  }

  /** What the input of these ids held before it was drawn anew, or undefined. */
  earlier(blockId, element) {
    return this.#before[blockId]?.[element.action_id];
  }

  /** Slack's `state.values`: by block, then by action. */
  values() {
    const values = {};
    for (const { blockId, actionId, read } of this.#readers.values()) {
      values[blockId] = { ...values[blockId], [actionId]: read() };
    }
    return values;
  }

  /**
   * Sends one action, after asking where the element says so; false when the person thought better of it.
   *
   * `source` is shown busy meanwhile, for long enough that it is seen.
   */
  async act(source, blockId, element, chosen) {
    if (element.confirm && !(await confirmed(element.confirm, this.names))) return false;
    source.setAttribute("aria-busy", "true");
    const seen = new Promise((resolve) => setTimeout(resolve, SHORTEST_BUSY));
    try {
      const action = { type: element.type, action_id: element.action_id, block_id: blockId, ...chosen };
      await this.send(action, this.values());
    } finally {
      seen.then(() => source.removeAttribute("aria-busy"));
    }
    return true;
  }
}
