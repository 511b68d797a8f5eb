import { DisposableStore, type Disposable } from "@novywave/base";
import type { App } from "../app.js";
import { layoutRows, rowAt, totalHeight } from "../model/row-layout.js";
import { panBy, tickAt, ticksIn, zoomTo, type View } from "../model/viewport.js";

type Drag =
  | { readonly kind: "cursor" }
  | { readonly kind: "pan"; readonly x: number; readonly view: View }
  | { readonly kind: "range"; readonly from: bigint; readonly x: number };

/**
 * Pointer and wheel over the canvas: a click or drag sets the cursor, Shift and drag zooms to a range, the middle button
 * or Space and drag pans; the wheel scrolls rows, with Ctrl it zooms at the pointer, with Shift or sideways it pans.
 */
export class TimelinePointer implements Disposable {
  readonly #app: App;
  readonly #target: HTMLElement;
  readonly #changed: () => void;
  readonly #scope = new DisposableStore();
  #hover: number | undefined;
  #drag: Drag | undefined;
  #spaceHeld = false;

  /** `changed` is called when the overlay has something new to draw. */
  constructor(app: App, target: HTMLElement, changed: () => void) {
    this.#app = app;
    this.#target = target;
    this.#changed = changed;
    this.#listen();
  }

  /** Where the pointer is, in CSS pixels; undefined while it is elsewhere, or pans. */
  get hover(): number | undefined {
    return this.#drag?.kind === "pan" ? undefined : this.#hover;
  }

  /** The stretch that is being marked, in CSS pixels. */
  get range(): { readonly left: number; readonly width: number } | undefined {
    if (this.#drag?.kind !== "range" || this.#hover === undefined) return undefined;
    return { left: Math.min(this.#drag.x, this.#hover), width: Math.abs(this.#hover - this.#drag.x) };
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  get #width(): number {
    return this.#target.clientWidth;
  }

  #listen(): void {
    const target = this.#target;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      handle: (event: HTMLElementEventMap[K]) => void,
      options?: AddEventListenerOptions,
    ): void => {
      target.addEventListener(type, handle, options);
      this.#scope.defer(() => target.removeEventListener(type, handle, options));
    };
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", () => this.#stop());
    on("pointerleave", () => {
      if (this.#drag) return;
      this.#hover = undefined;
      this.#changed();
    });
    on("wheel", (event) => this.#wheel(event), { passive: false });
    on("auxclick", (event) => event.preventDefault());
    const key = (event: KeyboardEvent): void => {
      if (event.code !== "Space") return;
      const typing =
        event.target instanceof HTMLElement && event.target.closest("input, textarea, button, [role=dialog]");
      this.#spaceHeld = event.type === "keydown" && !typing;
      this.#target.classList.toggle("can-pan", this.#spaceHeld);
    };
    window.addEventListener("keydown", key);
    window.addEventListener("keyup", key);
    this.#scope.defer(() => {
      window.removeEventListener("keydown", key);
      window.removeEventListener("keyup", key);
    });
  }

  #down(event: PointerEvent): void {
    const { view } = this.#app.state;
    if (!view) return;
    const x = event.offsetX;
    this.#target.setPointerCapture(event.pointerId);
    if (event.button === 1 || (event.button === 0 && this.#spaceHeld)) {
      event.preventDefault();
      this.#drag = { kind: "pan", x, view };
      this.#target.classList.add("panning");
    } else if (event.button === 0 && event.shiftKey) {
      this.#drag = { kind: "range", from: tickAt(view, x, this.#width), x };
    } else if (event.button === 0) {
      this.#drag = { kind: "cursor" };
      this.#app.setCursor(tickAt(view, x, this.#width));
      this.#focusAt(event.offsetY);
    }
  }

  #move(event: PointerEvent): void {
    const { view, extent } = this.#app.state;
    this.#hover = event.offsetX;
    this.#changed();
    if (!view || !extent || !this.#drag) return;
    if (this.#drag.kind === "cursor") this.#app.setCursor(tickAt(view, event.offsetX, this.#width));
    else if (this.#drag.kind === "pan") {
      const ticks = ticksIn(this.#drag.view, this.#drag.x - event.offsetX, this.#width);
      this.#app.setView(panBy(this.#drag.view, extent, ticks));
    }
  }

  #up(event: PointerEvent): void {
    const { view, extent } = this.#app.state;
    if (this.#drag?.kind === "range" && view && extent && Math.abs(event.offsetX - this.#drag.x) > 3) {
      this.#app.setView(zoomTo(extent, this.#drag.from, tickAt(view, event.offsetX, this.#width)));
    }
    this.#stop();
  }

  #stop(): void {
    this.#drag = undefined;
    this.#target.classList.remove("panning");
    this.#changed();
  }

  #focusAt(y: number): void {
    const { rows, measures } = this.#app.state;
    if (y < measures.ruler) return;
    const layout = layoutRows(rows, measures);
    const at = y - measures.ruler + this.#app.scroll.top;
    const row = at < totalHeight(layout) ? rows[rowAt(layout, at)] : undefined;
    if (row) this.#app.focusRow(row.key);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const { view, extent } = this.#app.state;
    const unit =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? 24
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? 240
          : 1;
    const dx = event.deltaX * unit;
    const dy = event.deltaY * unit;
    if (event.ctrlKey || event.metaKey) {
      if (!view || dy === 0) return;
      // A notch of a wheel (about 100) halves or doubles; a trackpad's small steps add up to the same.
      const factor = 2 ** (Math.max(-300, Math.min(300, dy)) / 100);
      const anchor = tickAt(view, event.offsetX, this.#width);
      this.#app.zoom(BigInt(Math.round(factor * 4096)), 4096n, anchor);
      return;
    }
    const sideways = event.shiftKey ? dx || dy : dx;
    if (sideways !== 0 && view && extent) {
      const ticks = ticksIn(view, sideways, this.#width);
      this.#app.setView(panBy(view, extent, ticks === 0n ? (sideways < 0 ? -1n : 1n) : ticks));
    }
    if (!event.shiftKey && dy !== 0) this.#app.scroll.scrollBy(dy);
  }
}
