import type { Measures } from "../model/scale.js";

/** Colours of the canvas, from the custom properties of the theme. */
export interface Palette {
  readonly background: string;
  readonly rowLine: string;
  readonly focus: string;
  readonly grid: string;
  readonly ruler: string;
  readonly rulerText: string;
  readonly digital: string;
  readonly digitalFill: string;
  readonly bus: string;
  readonly busFill: string;
  readonly busText: string;
  readonly dense: string;
  readonly unknown: string;
  readonly unknownFill: string;
  readonly highImpedance: string;
  readonly analog: string;
  readonly analogFill: string;
  readonly event: string;
  readonly cursor: string;
  readonly cursorText: string;
  readonly marker: string;
  readonly markerText: string;
  readonly hover: string;
  readonly hoverText: string;
  readonly range: string;
  readonly outside: string;
  /** Where a recording begins and ends. */
  readonly edge: string;
  readonly muted: string;
  readonly font: string;
  readonly smallFont: string;
  readonly measures: Measures;
}

/** Reads the palette that applies to `element`; sizes are those of `measures`. */
export function readPalette(element: Element, measures: Measures): Palette {
  const style = getComputedStyle(element);
  const get = (name: string): string => style.getPropertyValue(name).trim();
  const mono = get("--font-mono");
  return {
    background: get("--wave-background"),
    rowLine: get("--wave-row-line"),
    focus: get("--wave-focus"),
    grid: get("--wave-grid"),
    ruler: get("--wave-ruler"),
    rulerText: get("--wave-ruler-text"),
    digital: get("--wave-digital"),
    digitalFill: get("--wave-digital-fill"),
    bus: get("--wave-bus"),
    busFill: get("--wave-bus-fill"),
    busText: get("--wave-bus-text"),
    dense: get("--wave-dense"),
    unknown: get("--wave-unknown"),
    unknownFill: get("--wave-unknown-fill"),
    highImpedance: get("--wave-high-impedance"),
    analog: get("--wave-analog"),
    analogFill: get("--wave-analog-fill"),
    event: get("--wave-event"),
    cursor: get("--wave-cursor"),
    cursorText: get("--wave-cursor-text"),
    marker: get("--wave-marker"),
    markerText: get("--wave-marker-text"),
    hover: get("--wave-hover"),
    hoverText: get("--wave-hover-text"),
    range: get("--wave-range"),
    outside: get("--wave-outside"),
    edge: get("--wave-edge"),
    muted: get("--text-muted"),
    font: `${measures.font}px ${mono}`,
    smallFont: `${measures.smallFont}px ${mono}`,
    measures,
  };
}
