import { assertNever, err, ok, type Result } from "@novywave/base";
import type { Capability } from "../capability.js";
import type { PluginFailure } from "../failure.js";
import type { Manifest } from "../manifest/manifest.js";
import type { LinkedInterface } from "../wire/messages.js";
import type { Artifact } from "./artifact.js";
import type { Producer } from "./producers.js";
import type { CheckedImport } from "./check-import.js";
import type { WorldName } from "./check-exports.js";
import { surveyArtifact } from "./survey-artifact.js";

/** What is known about an artifact without running any of it. */
export interface InspectedArtifact {
  /** Chosen from what the component imports and exports, never from its id. */
  readonly world: WorldName;
  readonly manifest: Manifest;
  /** Full names. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** The component's world as WIT. */
  readonly wit: string;
  readonly producers: readonly Producer[];
  readonly sha256: string;
  readonly size: number;
  /** The capabilities that a person has to agree to: those of the manifest. */
  readonly requests: readonly Capability[];
  /** The capabilities that the component imports. */
  readonly uses: readonly Capability[];
  /** What to link, for {@link PluginHost}. */
  readonly links: readonly LinkedInterface[];
  /** The export that is called: `novywave:plugins/lifecycle@…` or `novywave:plugins/smoke@…`; empty for the component itself. */
  readonly exportName: string;
}

/**
 * Reads imports, exports and manifest of an artifact and checks that they agree with each other and with this host. Runs
 * and compiles nothing.
 */
export function inspectArtifact(artifact: Artifact): Result<InspectedArtifact, PluginFailure> {
  const survey = surveyArtifact(artifact);
  if (!survey.ok) return survey;
  const { world, manifest, imports, problems, ...facts } = survey.value;
  const [problem] = problems;
  if (problem) return err(problem);
  if (world === undefined || manifest === undefined) throw new Error("a survey without problems is whole");
  return ok({
    ...facts,
    world: world.world,
    exportName: world.exportName,
    manifest,
    imports: imports.map((item) => item.name),
    requests: manifest.capabilities.map((capability) => capability.name),
    links: [
      ...imports.flatMap(linkOf),
      ...(manifest.capabilities.some(({ name }) => name === "file-contents") ? [fileContents] : []),
    ],
  });
}

/** No import of its own: it says that there is something behind that of WASI. */
const fileContents: LinkedInterface = {
  import: "wasi:filesystem/preopens",
  interface: "file-contents",
  functions: [],
};

function linkOf(item: CheckedImport): LinkedInterface[] {
  switch (item.kind) {
    case "offered":
      return [{ import: item.name, interface: item.capability, functions: item.functions }];
    case "adapted":
      return [{ import: item.name, interface: item.adapter, functions: item.functions }];
    case "wasi":
    case "types":
    case "refused":
      return [];
    default:
      return assertNever(item);
  }
}
