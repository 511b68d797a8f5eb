import { DisposableStore, type Disposable } from "@novywave/base";
import type { App } from "../app.js";
import { layoutRows, rowsBetween, totalHeight } from "../model/row-layout.js";
import { edges, ruler, type Ruler, type RulerEdge } from "../model/ruler.js";
import { rescale } from "../model/timebase.js";
import { tickAt, xAt, type View } from "../model/viewport.js";
import { formatOf, type AppState } from "../state/app-state.js";
import { AnalogRanges } from "./analog-ranges.js";
import { placeColumns } from "./column-plan.js";
import { ColumnSource, wantedRow } from "./column-source.js";
import { drawLabels, type Label } from "./draw-labels.js";
import { clipLabel, drawRow, shortNumber } from "./draw-row.js";
import { besideBlackouts, drawBlackouts, placeBlackouts } from "./blackouts.js";
import { drawRuler, drawTimeLine } from "./draw-ruler.js";
import { FrameLoop } from "./frame-loop.js";
import { colourReader, makeInks, type Inks } from "./inks.js";
import { LabelTexts } from "./label-texts.js";
import { readPalette, type Palette } from "./palette.js";
import { Raster } from "./raster.js";
import { TimelinePointer } from "./timeline-pointer.js";

/** What is made once per theme. */
interface Style {
  readonly palette: Palette;
  /** For rows, and for the focused one. */
  readonly plain: Inks;
  readonly focused: Inks;
  /** Width of a character of a label, CSS pixels. */
  readonly character: number;
}

/** What stands where recording was switched off. */
const UNRECORDED = "not recorded";

/** CSS pixels above and below the visible rows that are fetched as well. */
const OVERSCAN = 240;

/**
 * The canvas: two layers, so that moving the pointer redraws only lines. It draws when something changed, at most once
 * per frame, and tells tests what it shows in `data-` attributes.
 */
export class Timeline implements Disposable {
  readonly #app: App;
  readonly #waves: HTMLCanvasElement;
  readonly #overlay: HTMLCanvasElement;
  readonly #source: ColumnSource;
  readonly #ranges: AnalogRanges;
  readonly #pointer: TimelinePointer;
  readonly #texts = new LabelTexts();
  readonly #scope = new DisposableStore();
  readonly #wavesLoop = new FrameLoop(() => this.#drawWaves());
  readonly #overlayLoop = new FrameLoop(() => this.#drawOverlay());
  #styled: Style | undefined;
  #pixels: Raster | undefined;
  #width = 0;
  #height = 0;
  #ratio = 1;
  #seen: AppState;

  constructor(app: App, waves: HTMLCanvasElement, overlay: HTMLCanvasElement) {
    this.#app = app;
    this.#waves = waves;
    this.#overlay = overlay;
    this.#seen = app.state;
    this.#source = new ColumnSource(app.connection);
    this.#ranges = new AnalogRanges(app.connection);
    const scope = this.#scope;
    this.#pointer = scope.add(new TimelinePointer(app, overlay, () => this.#overlayLoop.invalidate()));
    scope.add(app.store.changed((state) => this.#changed(state)));
    scope.add(app.scroll.changed(() => this.#wavesLoop.invalidate()));
    scope.add(this.#source.changed(() => this.#wavesLoop.invalidate()));
    scope.add(this.#ranges.changed(() => this.#wavesLoop.invalidate()));
    scope.add(
      this.#source.failed((description) =>
        app.toasts.show({ tone: "error", title: "The waves could not be read", description }),
      ),
    );
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(waves);
    scope.defer(() => observer.disconnect());
    scope.defer(() => {
      this.#wavesLoop.stop();
      this.#overlayLoop.stop();
    });
    this.#resize();
  }

  /** The theme or its fonts changed. */
  restyle(): void {
    this.#styled = undefined;
    this.#wavesLoop.invalidate();
    this.#overlayLoop.invalidate();
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  #changed(state: AppState): void {
    const before = this.#seen;
    this.#seen = state;
    if (state.connection !== before.connection) {
      this.#source.reset();
      this.#ranges.reset();
    }
    if (state.measures !== before.measures) this.restyle();
    if (
      state.view !== before.view ||
      state.rows !== before.rows ||
      state.files !== before.files ||
      state.base !== before.base ||
      state.focus !== before.focus ||
      state.activeFile !== before.activeFile ||
      state.connection !== before.connection
    ) {
      this.#wavesLoop.invalidate();
      this.#overlayLoop.invalidate();
    } else if (state.cursor !== before.cursor || state.marker !== before.marker) {
      this.#overlayLoop.invalidate();
    }
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#waves;
    const ratio = window.devicePixelRatio || 1;
    this.#width = clientWidth;
    this.#height = clientHeight;
    this.#ratio = ratio;
    for (const canvas of [this.#waves, this.#overlay]) {
      canvas.width = Math.max(1, Math.round(clientWidth * ratio));
      canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    }
    // A resized canvas is blank until it is drawn: not a frame later.
    this.#drawWaves();
    this.#drawOverlay();
  }

  get #rulerHeight(): number {
    return this.#app.state.measures.ruler;
  }

  #context(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
    const context = canvas.getContext("2d");
    if (!context) return undefined;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    return context;
  }

  #style(context: CanvasRenderingContext2D): Style {
    if (this.#styled) return this.#styled;
    const palette = readPalette(this.#waves, this.#app.state.measures);
    const read = colourReader();
    context.font = palette.font;
    this.#styled = {
      palette,
      plain: makeInks(palette, palette.background, read),
      focused: makeInks(palette, palette.focus, read),
      character: context.measureText("0").width,
    };
    return this.#styled;
  }

  #drawWaves(): void {
    const context = this.#context(this.#waves);
    if (!context || this.#width === 0) return;
    const { state, scroll } = this.#app;
    const style = this.#style(context);
    const { palette } = style;
    const layout = layoutRows(state.rows, state.measures);
    const top = scroll.top;
    const room = Math.max(0, this.#height - this.#rulerHeight);
    const visible = rowsBetween(layout, top, top + room);
    const wanted = rowsBetween(layout, top - OVERSCAN, top + room + OVERSCAN);
    const near = state.rows.slice(wanted.first, wanted.last + 1);
    this.#ranges.update(state, near);
    const complete = this.#source.update(state, near, Math.round(this.#width * Math.min(2, this.#ratio)));
    const { view } = state;
    const raster = this.#raster();
    raster.clear(style.plain.background);
    const labels: Label[] = [];
    let shown: readonly RulerEdge[] = [];
    if (view) {
      const marks = ruler(view, this.#width, state.base, state.scale);
      for (let index = visible.first; index <= visible.last; index++) {
        const rowTop = Math.round(((layout.tops[index] ?? 0) - top) * this.#ratio);
        const rowBottom = Math.round(((layout.tops[index + 1] ?? 0) - top) * this.#ratio);
        this.#drawRow(raster, state, index, rowTop, rowBottom, view, style, marks, labels);
      }
      const below = Math.round((totalHeight(layout) - top) * this.#ratio);
      this.#drawGrid(raster, marks, Math.max(0, below), raster.height, style.plain);
      const image = new ImageData(new Uint8ClampedArray(raster.pixels.buffer), raster.width, raster.height);
      context.putImageData(image, 0, Math.round(this.#rulerHeight * this.#ratio));
      drawLabels(context, labels, palette);
      shown = state.extent ? edges(view, state.extent, this.#width, state.base) : [];
      drawRuler(context, marks, shown, this.#width, palette);
    } else {
      context.fillStyle = palette.background;
      context.fillRect(0, 0, this.#width, this.#height);
      drawRuler(context, undefined, [], this.#width, palette);
    }
    this.#tell(state, complete, shown);
  }

  /** The pixels below the ruler; kept from frame to frame. */
  #raster(): Raster {
    const width = this.#waves.width;
    const height = Math.max(1, this.#waves.height - Math.round(this.#rulerHeight * this.#ratio));
    if (this.#pixels?.width !== width || this.#pixels.height !== height) {
      this.#pixels = new Raster(width, height);
    }
    return this.#pixels;
  }

  #drawGrid(raster: Raster, marks: Ruler, top: number, bottom: number, inks: Inks): void {
    for (const mark of marks.major) {
      const x = Math.round(mark.x * this.#ratio);
      raster.fill(x, top, x + 1, bottom, inks.grid);
    }
  }

  #drawRow(
    raster: Raster,
    state: AppState,
    index: number,
    top: number,
    bottom: number,
    view: View,
    style: Style,
    marks: Ruler,
    labels: Label[],
  ): void {
    const row = state.rows[index];
    if (!row) return;
    const line = Math.max(1, Math.round(this.#ratio));
    const inks = row.key === state.focus ? style.focused : style.plain;
    if (row.key === state.focus) raster.fill(0, top, raster.width, bottom, inks.background);
    this.#drawGrid(raster, marks, top, bottom, inks);
    raster.fill(0, bottom - line, raster.width, bottom, inks.rowLine);
    const time = state.fileTimes.get(row.file);
    const result = this.#source.result(row.file);
    const wanted = wantedRow(row);
    const fetched = wanted && result?.rows.get(wanted.key);
    if (!time || !result || !fetched) return;
    const drawn =
      fetched.kind === "analog"
        ? { ...fetched, ...this.#ranges.range(row.file, wanted.wanted.signal) }
        : fetched;
    const place = placeColumns(result.span, view, state.base, time.exponent, raster.width);
    // Beyond its file a row has nothing.
    const begin = xAt(view, rescale(time.start, time.exponent, state.base), raster.width);
    const end = xAt(view, rescale(time.end, time.exponent, state.base), raster.width);
    const format = formatOf(row);
    const info = row.resolution.kind === "ready" ? row.resolution.info : undefined;
    const box = { top, bottom: bottom - line, line };
    const middle = (top + bottom - line) / 2 / this.#ratio + this.#rulerHeight;
    const blackouts = placeBlackouts(time, view, state.base, raster.width);
    drawRow(raster, drawn, place, box, inks, (index, from, to) => {
      const clear = besideBlackouts(blackouts, from, Math.min(to, end));
      const limit = clear.right / this.#ratio;
      const x = clear.left / this.#ratio;
      const characters = Math.floor((limit - x) / style.character);
      if (characters < 1 || drawn.kind !== "bus") return;
      const text = clipLabel(this.#texts.text(drawn, index, format, info), characters);
      if (text !== "") labels.push({ text, x, y: middle, scale: false });
    });
    drawBlackouts(raster, blackouts, box, inks);
    for (const { left, right } of blackouts) {
      const x = Math.max(0, left) / this.#ratio + 6;
      const room = Math.min(right, raster.width) / this.#ratio - x - 4;
      if (room > UNRECORDED.length * style.character)
        labels.push({ text: UNRECORDED, x, y: middle, scale: true });
    }
    if (begin > 0) {
      raster.fill(0, top, Math.round(begin), bottom - line, inks.outside);
      raster.fill(Math.round(begin) - line, top, Math.round(begin), bottom - line, inks.edge);
    }
    if (end < raster.width) {
      raster.fill(Math.round(end), top, raster.width, bottom - line, inks.outside);
      raster.fill(Math.round(end), top, Math.round(end) + line, bottom - line, inks.edge);
    }
    if (drawn.kind === "analog") {
      const y = (pixels: number): number => pixels / this.#ratio + this.#rulerHeight;
      const inset = style.palette.measures.smallFont * 0.9;
      labels.push({ text: shortNumber(drawn.top), x: 4, y: y(top) + inset, scale: true });
      labels.push({ text: shortNumber(drawn.bottom), x: 4, y: y(bottom) - inset, scale: true });
    }
  }

  #drawOverlay(): void {
    const context = this.#context(this.#overlay);
    if (!context || this.#width === 0) return;
    const { state } = this.#app;
    const { palette } = this.#style(context);
    context.clearRect(0, 0, this.#width, this.#height);
    const { view } = state;
    if (!view) return;
    const { hover, range } = this.#pointer;
    if (range) {
      context.fillStyle = palette.range;
      context.fillRect(range.left, this.#rulerHeight, range.width, this.#height);
    }
    if (hover !== undefined) {
      drawTimeLine(context, tickAt(view, hover, this.#width), view, state.base, this.#width, this.#height, {
        line: palette.hover,
        text: palette.hoverText,
        dashed: true,
        font: palette.smallFont,
        ruler: palette.measures.ruler,
      });
    }
    if (state.marker !== undefined) {
      drawTimeLine(context, state.marker, view, state.base, this.#width, this.#height, {
        line: palette.marker,
        text: palette.markerText,
        dashed: false,
        font: palette.smallFont,
        ruler: palette.measures.ruler,
      });
    }
    if (state.cursor !== undefined) {
      drawTimeLine(context, state.cursor, view, state.base, this.#width, this.#height, {
        line: palette.cursor,
        text: palette.cursorText,
        dashed: false,
        font: palette.smallFont,
        ruler: palette.measures.ruler,
      });
    }
    this.#waves.dataset["cursor"] = state.cursor?.toString() ?? "";
  }

  /** What is on the screen, for tests and for people who look into the page. */
  #tell(state: AppState, complete: boolean, shown: readonly RulerEdge[]): void {
    const { dataset } = this.#waves;
    const active = state.activeFile === undefined ? undefined : state.files.get(state.activeFile);
    dataset["start"] = state.view?.start.toString() ?? "";
    dataset["end"] = state.view?.end.toString() ?? "";
    dataset["cursor"] = state.cursor?.toString() ?? "";
    dataset["exponent"] = String(state.base);
    dataset["revision"] = active ? String(active.revision) : "";
    dataset["edges"] = shown.map(({ label }) => label).join(", ");
    dataset["rows"] = String(state.rows.length);
    dataset["complete"] = String(complete && state.view !== undefined);
  }
}
