const SECONDS = 5;
const VOLUME = 0.1;

const media = document.getElementById("media");
const trouble = document.getElementById("trouble");

for (const time of document.querySelectorAll("time")) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  time.title = time.textContent;
  time.textContent = format.format(new Date(time.dateTime));
}

const seek = (by) => {
  const end = Number.isFinite(media.duration) ? media.duration : Infinity;
  media.currentTime = Math.min(end, Math.max(0, media.currentTime + by));
};

const louder = (by) => {
  media.muted = false;
  media.volume = Math.min(1, Math.max(0, media.volume + by));
};

const keys = {
  " ": () => (media.paused ? media.play().catch(() => {}) : media.pause()),
  arrowleft: () => seek(-SECONDS),
  arrowright: () => seek(SECONDS),
  arrowup: () => louder(VOLUME),
  arrowdown: () => louder(-VOLUME),
  m: () => (media.muted = !media.muted),
  f: () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (media.tagName === "VIDEO") media.requestFullscreen?.().catch(() => {});
  },
};

// Caught on the way down: the player's own controls would answer some of these keys a second time.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest("a, button")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  },
  { capture: true },
);

const sentences = {
  403: "This link is not valid. Ask for a new one with Play or Download in Slack.",
  404: "This recording is no longer there.",
  410: "This link works no longer. Ask for a new one with Play or Download in Slack.",
  502: "The recording system gives no file that could be played. Whoever runs Recbot finds out why in its log.",
};

media.addEventListener("error", async () => {
  const answer = await fetch(media.src, { method: "HEAD" }).catch(() => null);
  if (answer?.ok) trouble.textContent = "This browser cannot play the file. Download it instead.";
  else trouble.textContent = sentences[answer?.status] ?? "The recording cannot be reached at the moment. Try again soon.";
  trouble.hidden = false;
});

media.addEventListener("playing", () => (trouble.hidden = true));
