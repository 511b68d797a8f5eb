/** A colour with its opacity, 0 to 255 each. */
export interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

/** `top` seen over an opaque `bottom`. */
export function over(top: Colour, bottom: Colour): Colour {
  const mix = (a: number, b: number): number => Math.round((a * top.a + b * (255 - top.a)) / 255);
  return { r: mix(top.r, bottom.r), g: mix(top.g, bottom.g), b: mix(top.b, bottom.b), a: 255 };
}

/** An opaque colour as canvas image data has it, on the little-endian machines that browsers run on. */
export function packed(colour: Colour): number {
  return ((255 << 24) | (colour.b << 16) | (colour.g << 8) | colour.r) >>> 0;
}

/**
 * Pixels that waves are drawn into. Rectangles on whole pixels are all that waves consist of, and filling them here is
 * many times faster than paths on a canvas without a graphics card, where every edge is anti-aliased in software.
 * Coordinates are device pixels; what lies outside is cut off.
 */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array<ArrayBuffer>;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
  }

  /** Fills everything. */
  clear(colour: number): void {
    this.pixels.fill(colour);
  }

  /** Fills from `left` and `top` up to, and without, `right` and `bottom`. */
  fill(left: number, top: number, right: number, bottom: number, colour: number): void {
    const x0 = left < 0 ? 0 : left;
    const x1 = right > this.width ? this.width : right;
    const y0 = top < 0 ? 0 : top;
    const y1 = bottom > this.height ? this.height : bottom;
    if (x0 >= x1) return;
    const { pixels, width } = this;
    if (x1 - x0 < 8) {
      for (let y = y0; y < y1; y++) {
        const row = y * width;
        for (let x = x0; x < x1; x++) pixels[row + x] = colour;
      }
      return;
    }
    for (let y = y0; y < y1; y++) pixels.fill(colour, y * width + x0, y * width + x1);
  }

  /** Fills with diagonal lines of `line` every `period` pixels on `ground`; neighbouring areas continue each other. */
  hatch(
    left: number,
    top: number,
    right: number,
    bottom: number,
    ground: number,
    line: number,
    period: number,
  ): void {
    this.fill(left, top, right, bottom, ground);
    const x0 = left < 0 ? 0 : left;
    const x1 = right > this.width ? this.width : right;
    const y0 = top < 0 ? 0 : top;
    const y1 = bottom > this.height ? this.height : bottom;
    for (let y = y0; y < y1; y++) {
      const first = period - 1 - ((x0 + y) % period);
      for (let x = x0 + first; x < x1; x += period) this.pixels[y * this.width + x] = line;
    }
  }

  /** Fills one column from `top` up to `bottom` with `ground`, and `thick` pixels at both ends with `edge`. */
  frame(x: number, top: number, bottom: number, thick: number, edge: number, ground: number): void {
    if (x < 0 || x >= this.width) return;
    const { pixels, width } = this;
    const last = Math.min(this.height, bottom);
    for (let y = Math.max(0, top); y < last; y++) {
      pixels[y * width + x] = y < top + thick || y >= bottom - thick ? edge : ground;
    }
  }

  /**
   * Fills one column from `top` to `bottom`, which may lie between pixels: the first and the last pixel are mixed with
   * what is there.
   */
  span(x: number, top: number, bottom: number, colour: number): void {
    if (x < 0 || x >= this.width) return;
    const first = Math.floor(top);
    const last = Math.ceil(bottom);
    for (let y = Math.max(0, first); y < Math.min(this.height, last); y++) {
      const share = Math.min(bottom, y + 1) - Math.max(top, y);
      const at = y * this.width + x;
      this.pixels[at] = share >= 0.99 ? colour : mix(colour, this.pixels[at] ?? 0, share);
    }
  }
}

function mix(top: number, bottom: number, share: number): number {
  const part = Math.round(share * 256);
  const rest = 256 - part;
  const odd = (((top & 0xff00ff) * part + (bottom & 0xff00ff) * rest) >>> 8) & 0xff00ff;
  const even = (((top >>> 8) & 0xff) * part + ((bottom >>> 8) & 0xff) * rest) & 0xff00;
  return (0xff000000 | odd | even) >>> 0;
}
