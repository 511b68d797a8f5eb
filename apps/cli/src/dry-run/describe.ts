import { assertNever } from "@novywave/base";
import { describeNeeds } from "../describe-needs.js";
import { columns, formatSize } from "../output.js";
import type { DryRunReport } from "./report.js";

/** The report for people. Text of the plugin is not made safe here. */
export function describeDryRun(report: DryRunReport): string {
  const { artifact, manifest, imports, capabilities, folders, limits, channels } = report;
  const facts: (readonly [string, string])[] = [
    ["Plugin:", `${report.id} ${report.version ?? "(no version)"}`],
    ...(manifest && manifest.id !== report.id ? [["Manifest id:", manifest.id] as const] : []),
    ["Artifact:", `${artifact.path} (${formatSize(artifact.size)})`],
    ["SHA-256:", `${artifact.sha256}${report.shipped ? " (ships with NovyWave)" : ""}`],
    ["World:", report.world ?? "none that this host knows"],
    ["Manifest:", manifestText(report)],
    ...(channels.length > 0 ? [["Channels:", channels.join(", ")] as const] : []),
  ];
  return [
    columns(facts),
    ...rows(
      "Imports",
      imports.flatMap((item) => {
        if (item.kind === "refused") return item.reasons.map((reason) => ["no", item.name, reason]);
        return [["ok", item.name, whatFor(item)]];
      }),
    ),
    ...rows(
      "Capabilities",
      capabilities.map(({ name, reason, granted }) => [granted ? "ok" : "asks", name, reason]),
    ),
    ...rows(
      "Folders",
      folders.map(({ path, place, exists, granted }) => [
        granted ? "ok" : place === "invalid" ? "no" : "asks",
        path,
        [
          place === "invalid" ? "no such place" : `${place} of the workspace`,
          ...(exists ? [] : ["not there"]),
        ].join(", "),
      ]),
    ),
    ...rows(
      "Limits other than the usual",
      limits
        .filter((limit) => limit.value !== limit.default)
        .map((limit) => [
          limit.granted ? "ok" : "asks",
          limit.name,
          `${limit.value} instead of ${limit.default}`,
        ]),
    ),
    "",
    ...verdict(report),
  ].join("\n");
}

function whatFor(item: Exclude<DryRunReport["imports"][number], { kind: "refused" }>): string {
  switch (item.kind) {
    case "offered":
    case "adapted":
      return item.functions.join(", ");
    case "wasi":
      return "nothing of the machine is behind it";
    case "types":
      return "types only";
    default:
      return assertNever(item);
  }
}

function manifestText({ manifest, disagreements }: DryRunReport): string {
  if (!manifest) return "invalid";
  const from = {
    embedded: "in the artifact",
    beside: "in the file beside it",
    imports: "none; made from the imports",
  }[manifest.source];
  return disagreements.length === 0
    ? `${from}, agrees with the imports`
    : `${from}, DISAGREES with the imports`;
}

function rows(heading: string, cells: readonly (readonly string[])[]): readonly string[] {
  if (cells.length === 0) return [];
  return [
    `${heading}:`,
    ...columns(cells)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

function verdict(report: DryRunReport): readonly string[] {
  const { id, enabled, problems, requests, inForce, difference, shipped } = report;
  const meanwhile = inForce
    ? [`Meanwhile the build that you approved would run: ${inForce.version}, ${inForce.sha256}`]
    : [];
  const off = enabled === false ? ["It is disabled in .novywave."] : [];
  if (problems.length > 0)
    return [
      "It would not start:",
      ...problems.flatMap(({ code, message, action }) => [`  ${code}: ${message}`, `    ${action}`]),
      ...meanwhile,
      ...off,
    ];
  if (requests === null)
    return [shipped ? "It ships with NovyWave and would start." : "It is approved and would start.", ...off];
  const grant =
    enabled === null ? "novywave plugins add FILE, then novywave plugins grant" : "novywave plugins grant";
  return [
    `It would not start: you have not approved ${report.needs?.artifact === false ? "all that it asks for" : "this artifact"}.`,
    ...describeNeeds(requests),
    ...(difference && difference.removed.length > 0
      ? [`Unlike the build that you approved, it no longer asks for ${difference.removed.join(", ")}.`]
      : []),
    ...meanwhile,
    `Approve it with: ${grant} ${id}`,
    ...off,
  ];
}
