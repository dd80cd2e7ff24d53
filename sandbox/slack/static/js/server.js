/** The server did not do what was asked: the message is fit for the person who reads it. */
export class Refused extends Error {}

/** The page's way to its server, as one person. */
export class Server {
  constructor(as) {
    this.as = as;
  }

  state = () => this.#get("/page/state", { as: this.as });

  messages = (channel, threadTs) =>
    this.#get("/page/messages", { as: this.as, channel, thread_ts: threadTs }).then((answer) => answer.messages);

  send = (channel, text, threadTs) => this.#post("/page/send", { channel, text, thread_ts: threadTs });

  act = (click) => this.#post("/page/action", click);

  submitView = (viewId, values) => this.#post("/page/view_submit", { view_id: viewId, state: { values } });

  closeView = (viewId) => this.#post("/page/view_close", { view_id: viewId });

  openConversation = (ids) => this.#post("/page/conversation", { with: ids }).then((answer) => answer.conversation);

  async #get(path, params) {
    const given = Object.entries(params).filter(([, value]) => value);
    return read(await ask(`${path}?${new URLSearchParams(given)}`));
  }

  async #post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return read(await ask(path, { method: "POST", headers, body: JSON.stringify({ as: this.as, ...body }) }));
  }
}

async function read(response) {
  if (!response.ok) throw new Refused(`The sandbox answered ${response.status} to this page.`);
  return response.json();
}

let leaving = false;
addEventListener("pagehide", () => { leaving = true; });
addEventListener("pageshow", () => { leaving = false; });

/** Fetch; a request that the browser drops because the page is being left gets no answer, and is no failure. */
async function ask(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (leaving) return new Promise(() => {});
    throw error;
  }
}
