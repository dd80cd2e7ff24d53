import { counted, el, isSafeUrl, outside } from "./dom.js";

const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAY = 86_400_000;

// Words are English here, but whether the clock has 12 or 24 hours is the reader's own setting.
const hour12 = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;
const CLOCK = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", hour12 });
const CLOCK_SECONDS = new Intl.DateTimeFormat("en-US", {
  hour: "numeric", minute: "2-digit", second: "2-digit", hour12,
});

const two = (n) => String(n).padStart(2, "0");

function ordinal(n) {
  const last = n % 100 > 10 && n % 100 < 14 ? 0 : n % 10;
  return `${n}${["th", "st", "nd", "rd"][last] ?? "th"}`;
}

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

function pretty(date, otherwise) {
  const days = Math.round((midnight(date) - midnight(new Date())) / DAY);
  return { [-1]: "yesterday", 0: "today", 1: "tomorrow" }[days] ?? otherwise;
}

const full = (date) => `${MONTHS[date.getMonth()]} ${ordinal(date.getDate())}, ${date.getFullYear()}`;
const short = (date) => `${MONTHS[date.getMonth()].slice(0, 3)} ${date.getDate()}, ${date.getFullYear()}`;
const long = (date) => `${DAYS[date.getDay()]}, ${full(date)}`;

function ago(date) {
  const seconds = (Date.now() - date) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) return "less than a minute ago";
  const words =
    size < 3600 ? counted(Math.floor(size / 60), "minute", "minutes")
    : size < 86_400 ? counted(Math.floor(size / 3600), "hour", "hours")
    : counted(Math.floor(size / 86_400), "day", "days");
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

const TOKENS = {
  date_num: (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  date_slash: (date) => `${two(date.getMonth() + 1)}/${two(date.getDate())}/${date.getFullYear()}`,
  date: full,
  date_short: short,
  date_long: long,
  date_pretty: (date) => pretty(date, full(date)),
  date_short_pretty: (date) => pretty(date, short(date)),
  date_long_pretty: (date) => pretty(date, long(date)),
  time: (date) => CLOCK.format(date),
  time_secs: (date) => CLOCK_SECONDS.format(date),
  ago,
};

/** Slack's date format in this reader's zone; the first letter is a capital, as Slack has it. */
export function formatDate(unix, format) {
  const date = new Date(unix * 1000);
  const text = format.replace(/\{(\w+)\}/g, (whole, token) =>
    Object.hasOwn(TOKENS, token) ? TOKENS[token](date) : whole,
  );
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A date that Slack would format: drawn anew as time passes; the fallback where it is no date. */
export function dateNode(unix, format, link, fallback) {
  const date = new Date(unix * 1000);
  if (!format || Number.isNaN(date.getTime())) return document.createTextNode(fallback ?? "");
  const time = el("time", { datetime: date.toISOString(), title: `${long(date)} at ${CLOCK.format(date)}` });
  time.dataset.unix = String(unix);
  time.dataset.format = format;
  time.append(formatDate(unix, format));
  return link && isSafeUrl(link) ? outside(link, {}, time) : time;
}

/** Draws anew each date on the page that depends on the present ("today", "3 minutes ago"). */
export function refreshDates() {
  for (const time of document.querySelectorAll("time[data-format]")) {
    const text = formatDate(Number(time.dataset.unix), time.dataset.format);
    if (time.textContent !== text) time.textContent = text;
  }
}

const dateOf = (ts) => new Date(Number(ts) * 1000);

/** The hour at which a message was written. */
export function clockNode(ts) {
  const date = dateOf(ts);
  const title = `${long(date)} at ${CLOCK_SECONDS.format(date)}`;
  return el("time", { class: "clock", datetime: date.toISOString(), title }, CLOCK.format(date));
}

/** The day of a message: equal for messages of one day in this reader's zone. */
export const dayKey = (ts) => TOKENS.date_num(dateOf(ts));

/** "Today", "Yesterday" or "Tuesday, February 18th, 2014". */
export const dayLabel = (ts) => formatDate(Number(ts), "{date_long_pretty}");
