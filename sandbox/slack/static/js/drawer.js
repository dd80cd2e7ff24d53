const narrow = matchMedia("(max-width: 760px)");

/** The sidebar on a narrow screen: it comes in over the page, and goes by Escape or a tap beside it. */
export function makeDrawer({ sidebar, scrim }) {
  let before = null;
  const draw = (shown) => {
    const drawn = narrow.matches && shown;
    sidebar.classList.toggle("drawn", drawn);
    sidebar.inert = narrow.matches && !shown;
    scrim.hidden = !drawn;
  };
  const close = () => {
    const wasDrawn = sidebar.classList.contains("drawn");
    draw(false);
    if (wasDrawn && before?.isConnected) before.focus({ preventScroll: true });
  };
  const open = () => {
    before = document.activeElement;
    draw(true);
    sidebar.querySelector("[aria-current], a, button")?.focus();
  };
  scrim.addEventListener("click", close);
  sidebar.addEventListener("keydown", (event) => event.key === "Escape" && close());
  narrow.addEventListener("change", () => draw(false));
  draw(false);
  return { open, close, isWide: () => !narrow.matches };
}
