/** The length of one tick. */
export interface TickLength {
  readonly magnitude: number;
  readonly unit: "fs" | "ps" | "ns" | "us" | "ms" | "s";
}

const UNITS = ["fs", "ps", "ns", "us", "ms", "s"] as const;
type Unit = (typeof UNITS)[number];

/** Femtoseconds in a unit. */
function femtoseconds(unit: Unit): bigint {
  return 1_000n ** BigInt(UNITS.indexOf(unit));
}

/**
 * A time with its unit, exact: `12.5 ns`. Without `unit` the largest one in which it is at least 1; zero is in the
 * file's own unit.
 */
export function formatTime(ticks: bigint, timescale: TickLength, unit?: Unit): string {
  const total = ticks * BigInt(timescale.magnitude) * femtoseconds(timescale.unit);
  const size = total < 0n ? -total : total;
  const shown =
    unit ?? (size === 0n ? timescale.unit : (UNITS.findLast((u) => femtoseconds(u) <= size) ?? "fs"));
  const scale = femtoseconds(shown);
  const digits = scale.toString().length - 1;
  const fraction = digits === 0 ? "" : (size % scale).toString().padStart(digits, "0").replace(/0+$/, "");
  return `${total < 0n ? "-" : ""}${size / scale}${fraction === "" ? "" : `.${fraction}`} ${shown}`;
}

/**
 * Reads a time: a number with a unit (`1.5us`, `20 ns`), or without one, which counts ticks. Exact; what lies between
 * two ticks goes to the nearer one, halfway to the later. `undefined` if it is no time.
 */
export function parseTime(text: string, timescale: TickLength): bigint | undefined {
  const match = /^\s*(-?)(\d{1,40})(?:\.(\d{0,40}))?\s*(fs|ps|ns|us|µs|μs|ms|s)?\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "0", fraction = "", unitText] = match;
  const mantissa = BigInt(whole + fraction);
  const divisor = 10n ** BigInt(fraction.length);
  const tick = BigInt(timescale.magnitude) * femtoseconds(timescale.unit);
  const normal = unitText?.toLowerCase().replace(/[µμ]/, "u");
  const unit = UNITS.find((u) => u === normal);
  const value = unit === undefined ? mantissa * tick : mantissa * femtoseconds(unit);
  const ticks = (value * 2n + divisor * tick) / (divisor * tick * 2n);
  return sign === "-" ? -ticks : ticks;
}
