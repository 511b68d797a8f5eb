import { over, packed, type Colour } from "./raster.js";
import type { Palette } from "./palette.js";

/** The palette as pixels, mixed with the background of a row. */
export interface Inks {
  readonly background: number;
  readonly grid: number;
  readonly rowLine: number;
  readonly digital: number;
  readonly digitalFill: number;
  /** Where a bit changed more than once within a pixel. */
  readonly digitalDense: number;
  readonly bus: number;
  readonly busFill: number;
  readonly dense: number;
  readonly unknown: number;
  readonly unknownFill: number;
  readonly unknownHatch: number;
  readonly highImpedance: number;
  readonly analog: number;
  readonly analogFill: number;
  readonly event: number;
  readonly outside: number;
  readonly edge: number;
  readonly unrecorded: number;
}

/** Mixes the palette; `read` turns a CSS colour into numbers. */
export function makeInks(palette: Palette, ground: string, read: (css: string) => Colour): Inks {
  const background = read(ground);
  const ink = (css: string): number => packed(over(read(css), background));
  const unknown = read(palette.unknown);
  return {
    background: packed(background),
    grid: ink(palette.grid),
    rowLine: ink(palette.rowLine),
    digital: ink(palette.digital),
    digitalFill: ink(palette.digitalFill),
    digitalDense: packed(over({ ...read(palette.digital), a: 140 }, background)),
    bus: ink(palette.bus),
    busFill: ink(palette.busFill),
    dense: ink(palette.dense),
    unknown: ink(palette.unknown),
    unknownFill: ink(palette.unknownFill),
    unknownHatch: packed(over({ ...unknown, a: 120 }, background)),
    highImpedance: ink(palette.highImpedance),
    analog: ink(palette.analog),
    analogFill: ink(palette.analogFill),
    event: ink(palette.event),
    outside: ink(palette.outside),
    edge: ink(palette.edge),
    unrecorded: packed(over({ ...read(palette.muted), a: 80 }, background)),
  };
}

/** A reader of CSS colours that asks a canvas of one pixel. */
export function colourReader(): (css: string) => Colour {
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (css) => {
    if (!context) return { r: 128, g: 128, b: 128, a: 255 };
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 255] = context.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a };
  };
}
