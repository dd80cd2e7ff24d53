// The short names that a bot about meetings uses; any other name stays as it was typed.
const EMOJI = {
  alarm_clock: "⏰", arrow_forward: "▶️", arrow_down: "⬇️", arrow_left: "⬅️", arrow_right: "➡️",
  arrow_up: "⬆️", arrows_counterclockwise: "🔄", ballot_box_with_check: "☑️", bar_chart: "📊", bell: "🔔",
  black_circle: "⚫", black_square_for_stop: "⏹️", book: "📖", bookmark: "🔖", bulb: "💡",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", calendar: "📆", card_index_dividers: "🗂️",
  clapper: "🎬", clipboard: "📋", clock1: "🕐", cloud: "☁️", construction: "🚧", date: "📅",
  double_vertical_bar: "⏸️", ear: "👂", envelope: "✉️", exclamation: "❗", eyes: "👀", fast_forward: "⏩",
  file_cabinet: "🗄️", file_folder: "📁", film_frames: "🎞️", film_projector: "📽️", gear: "⚙️",
  globe_with_meridians: "🌐", grey_question: "❔", hammer_and_wrench: "🛠️", headphones: "🎧",
  heavy_check_mark: "✔️", hourglass: "⌛", hourglass_flowing_sand: "⏳", information_source: "ℹ️",
  key: "🔑", label: "🏷️", large_blue_circle: "🔵", large_green_circle: "🟢", large_yellow_circle: "🟡",
  link: "🔗", lock: "🔒", loudspeaker: "📢", mag: "🔍", mag_right: "🔎", memo: "📝", microphone: "🎤",
  movie_camera: "🎥", mute: "🔇", new: "🆕", no_bell: "🔕", no_entry: "⛔", no_entry_sign: "🚫", ok: "🆗", package: "📦",
  page_facing_up: "📄", paperclip: "📎", pencil2: "✏️", phone: "☎️", pushpin: "📌", question: "❓",
  radio_button: "🔘", recycle: "♻️", red_circle: "🔴", repeat: "🔁", robot_face: "🤖", rotating_light: "🚨",
  satellite_antenna: "📡", scissors: "✂️", see_no_evil: "🙈", shield: "🛡️", smile: "😄", sound: "🔉",
  speech_balloon: "💬", stopwatch: "⏱️", studio_microphone: "🎙️", tada: "🎉", telephone_receiver: "📞",
  thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", timer_clock: "⏲️", tv: "📺", unlock: "🔓",
  video_camera: "📹", vhs: "📼", warning: "⚠️", wastebasket: "🗑️", wave: "👋", white_check_mark: "✅",
  white_circle: "⚪", wrench: "🔧", x: "❌", zap: "⚡", zzz: "💤",
};

/** The picture behind `:name:`, or undefined for a name that is not in our small table. */
export const emoji = (name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : undefined);

/** Text in which the known `:names:` are pictures; `00:01:48` has none. */
export const withEmoji = (text) =>
  text.replace(/(?<![\w:]):([a-z0-9_+-]+):(?![\w])/g, (whole, name) => emoji(name) ?? whole);
