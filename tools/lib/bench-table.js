/**
 * Whether a row's ratio reaches its target.
 * @param {{ ratio: number | undefined, reach: string | number }} row `reach` as "<= 3", "≤ 3×", ">= 2" or 3 (at most)
 * @returns {"ok" | "missed" | "not measured"}
 */
export function judge({ ratio, reach }) {
  if (ratio === undefined || ratio === null || !Number.isFinite(ratio)) return "not measured";
  const { atLeast, limit } = readReach(reach);
  return (atLeast ? ratio >= limit : ratio <= limit) ? "ok" : "missed";
}

/** The rows as aligned text. */
export function formatTable(rows) {
  const lines = rows.map((row) => [
    row.bench,
    row.name,
    row.against,
    row.verdict === "not measured" ? "–" : `${formatRatio(row.ratio)}×`,
    showReach(row.reach),
    row.verdict,
    row.note ?? "",
  ]);
  const head = ["bench", "what", "against", "ratio", "reach", "", "note"];
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i].length)));
  const numeric = new Set([3, 4]);
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, i) => (numeric.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function readReach(reach) {
  if (typeof reach === "number") return { atLeast: false, limit: reach };
  const match = /^\s*(<=|≤|>=|≥)\s*(\d+(?:\.\d+)?)(?:\s*\/\s*(\d+(?:\.\d+)?))?/u.exec(reach);
  if (match === null) throw new Error(`a target must read like "<= 3" or ">= 2", not "${reach}"`);
  const [, sign, number, divisor = "1"] = match;
  return { atLeast: sign === ">=" || sign === "≥", limit: Number(number) / Number(divisor) };
}

function showReach(reach) {
  const { atLeast, limit } = readReach(reach);
  return `${atLeast ? "≥" : "≤"} ${formatRatio(limit)}×`;
}

function formatRatio(ratio) {
  if (ratio >= 100) return ratio.toFixed(0);
  return String(Number(ratio.toPrecision(ratio >= 10 ? 3 : 2)));
}
