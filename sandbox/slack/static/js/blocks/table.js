import { el } from "../dom.js";
import { drawRichText } from "./rich_text.js";
import { notDrawn } from "./unknown.js";

/** A `table` block; its first row is the head. A wide table scrolls within itself. */
export function drawTable(block, id, surface) {
  const settings = block.column_settings ?? [];
  const rows = block.rows.map((row, rowIndex) =>
    el(
      "tr",
      {},
      row.map((cell, column) =>
        el(
          rowIndex ? "td" : "th",
          {
            scope: rowIndex ? undefined : "col",
            class: [`align-${settings[column]?.align ?? "left"}`, settings[column]?.is_wrapped && "wrapped"]
              .filter(Boolean)
              .join(" "),
          },
          drawCell(cell, surface),
        ),
      ),
    ),
  );
  return el(
    "div",
    { class: "block-table", tabindex: "0", role: "group", "aria-label": "Table" },
    el("table", {}, el("thead", {}, rows.slice(0, 1)), el("tbody", {}, rows.slice(1))),
  );
}

function drawCell(cell, surface) {
  if (cell.type === "raw_text") return cell.text;
  if (cell.type === "raw_number") return String(cell.text ?? cell.value);
  return cell.type === "rich_text" ? drawRichText(cell, "", surface) : notDrawn(cell.type);
}
