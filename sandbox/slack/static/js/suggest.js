/**
 * What could be meant by what is being typed.
 *
 * Gives `{heading, items, active}` or null. An item is `{fill, title, hint, detail}`, where `fill` is the
 * text that it stands for; `active` is the item that Enter takes, or -1 where Enter should send.
 */
export function suggest(text, caret, workspace) {
  return people(text, caret, workspace) ?? (text.startsWith("/") ? commands(text, workspace) : null);
}

function commands(text, workspace) {
  const [word, ...rest] = text.split(/(?=\s)/);
  const exact = workspace.commands.find(({ command }) => command === word);
  if (rest.length) return exact ? examples(text, exact) : null;
  const items = workspace.commands
    .filter(({ command }) => command.startsWith(word.toLowerCase()))
    .map(({ command, usage_hint: hint, description: detail }) => ({ fill: `${command} `, title: command, hint, detail }));
  if (!items.length) return null;
  return { heading: "Commands", items, active: exact ? -1 : 0 };
}

function examples(text, { command, usage_hint: usage, description, examples: written = [] }) {
  const typed = text.trimEnd().toLowerCase();
  const fits = (example) => example.toLowerCase().startsWith(typed) && example.toLowerCase() !== typed;
  const items = written.filter(fits).map((example) => ({ fill: example, title: example }));
  return { heading: `${command} ${usage ?? ""}`.trim(), about: description, items, active: -1 };
}

function people(text, caret, workspace) {
  const found = /(?:^|\s)@([\w.-]*)$/.exec(text.slice(0, caret));
  if (!found) return null;
  const part = found[1].toLowerCase();
  const start = caret - found[1].length - 1;
  const items = [...workspace.people.values()]
    .filter(({ name, real_name: real }) => [name, real ?? ""].some((known) => known.toLowerCase().startsWith(part)))
    .map(({ id, name }) => ({
      fill: `${text.slice(0, start)}@${name} ${text.slice(caret)}`,
      caret: start + name.length + 2,
      title: `@${name}`,
      detail: workspace.personName(id),
    }));
  return items.length ? { heading: "People", items: items.slice(0, 8), active: 0 } : null;
}
