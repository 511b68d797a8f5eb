import { DisposableStore, type Disposable } from "@novywave/base";
import type { App } from "./app.js";
import { parseTextSize } from "./model/scale.js";

const KEY = "novywave.textSize";

/** The text size that was chosen in this browser. It suits a screen, not a workspace, so it is no setting of `.novywave`. */
export function readTextSize(page: Window): number {
  try {
    return parseTextSize(page.localStorage.getItem(KEY));
  } catch {
    // Storage is turned off in this browser.
    return 1;
  }
}

/**
 * Keeps page and state at one scale: hands the chosen text size to the style sheet, which has the last word (windows
 * of some width are scaled), and tells the state what came out. Call it before anything is laid out.
 */
export function followTextSize(app: App, page: Window): Disposable {
  const scope = new DisposableStore();
  const { documentElement } = page.document;
  let shown: number | undefined;
  const measure = (): void => {
    const { textSize } = app.state;
    if (shown !== textSize) documentElement.style.setProperty("--text-size", String(textSize));
    shown = textSize;
    const size = Number.parseFloat(page.getComputedStyle(documentElement).fontSize);
    app.setScale(Number.isFinite(size) && size > 0 ? size / 10 : 1);
    const { row, ruler } = app.state.measures;
    documentElement.style.setProperty("--row", `${row}px`);
    documentElement.style.setProperty("--bar", `${ruler}px`);
  };
  measure();
  scope.add(
    app.store.changed(({ textSize }) => {
      if (textSize === shown) return;
      measure();
      try {
        page.localStorage.setItem(KEY, String(textSize));
      } catch {
        // It holds until the page is closed.
      }
    }),
  );
  page.addEventListener("resize", measure);
  scope.defer(() => page.removeEventListener("resize", measure));
  return scope;
}
