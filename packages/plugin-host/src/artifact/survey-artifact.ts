import { createHash } from "node:crypto";
import {
  checkHost,
  describe,
  EngineError,
  inspect,
  type ComponentInfo,
  type HostWorld,
  type Mismatch,
} from "@novywave/component-engine";
import { CONTRACT_VERSION } from "@novywave/contract";
import { err, ok, type Result } from "@novywave/base";
import { capabilities, type Capability } from "../capability.js";
import type { PluginFailure } from "../failure.js";
import { disagreements } from "../manifest/agreement.js";
import type { Manifest } from "../manifest/manifest.js";
import { Memo } from "../memo.js";
import { manifestOf } from "../manifest/manifest-of.js";
import type { Artifact } from "./artifact.js";
import { adapterNames, adapterWorld, capabilitiesOf, channelsOf } from "../adapters/world.js";
import { checkExports, type AdaptedWorld, type PluginWorld } from "./check-exports.js";
import { checkHeader } from "./check-header.js";
import { checkImport, type CheckedImport } from "./check-import.js";
import { engineFailure } from "./engine-failure.js";
import { hostWorld } from "./host-world.js";
import { usesWasi, wasiWorld } from "../wasi/wasi-world.js";
import { readProducers, type Producer } from "./producers.js";

/** Ten entries with one artifact, or ten restarts, are one survey: it takes as long as compiling does. */
const surveys = new Memo<Result<ArtifactSurvey, PluginFailure>>(32);

/** All that can be said of an artifact without running it, also of one that this host does not take. */
export interface ArtifactSurvey {
  readonly sha256: string;
  readonly size: number;
  readonly imports: readonly CheckedImport[];
  /** Full names. */
  readonly exports: readonly string[];
  /** Chosen from what the component imports and exports, never from its id; undefined if they make none. */
  readonly world: PluginWorld | AdaptedWorld | undefined;
  /** The component's world as WIT. */
  readonly wit: string;
  readonly producers: readonly Producer[];
  /** Undefined if it is invalid. */
  readonly manifest: Manifest | undefined;
  /** The capabilities that the component imports. */
  readonly uses: readonly Capability[];
  /** Why this host does not run it; empty if it does. The first one is the one to tell. */
  readonly problems: readonly PluginFailure[];
}

/**
 * Reads imports, exports and manifest of an artifact and compares them with each other and with this host. Runs and
 * compiles nothing. Fails only for bytes of which nothing can be said: no whole component.
 */
export function surveyArtifact(artifact: Artifact): Result<ArtifactSurvey, PluginFailure> {
  const { bytes, sha256, size, path, manifestText, manifestProblem } = artifact;
  // By the bytes themselves, whatever hash came with them; the rest stands in the answer.
  const key = createHash("sha256").update(bytes);
  for (const part of [sha256, size, path, manifestText, manifestProblem]) key.update(JSON.stringify([part]));
  return surveys.get(key.digest("hex"), () => survey(artifact));
}

function survey(artifact: Artifact): Result<ArtifactSurvey, PluginFailure> {
  const header = checkHeader(artifact.path, artifact.bytes);
  if (header) return err(header);
  let info: ComponentInfo;
  try {
    info = inspect(artifact.bytes);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return err(engineFailure(error.code, `${artifact.path}: ${error.message}`));
  }
  const world = checkExports(info);
  const host = hostFor(world.ok ? world.value : undefined);
  const mismatches = checkHost(info, {
    ...host,
    imports: usesWasi(info) ? [...host.imports, ...wasiWorld()] : host.imports,
  });
  const imports = info.imports.map((item) => checkImport(item, mismatches));
  const uses = capabilities.filter((capability) =>
    imports.some(
      (item) =>
        (item.kind === "offered" && item.capability === capability) ||
        (item.kind === "adapted" && item.capabilities.includes(capability)),
    ),
  );
  const powers = {
    uses,
    channels: publishes(imports),
    through: (name: Capability) => through(imports, name),
  };
  const manifest = manifestOf(artifact, info, powers);
  return ok({
    sha256: artifact.sha256,
    size: artifact.size,
    imports,
    exports: info.exports.map((item) => item.name),
    world: world.ok ? world.value : undefined,
    wit: describe(info),
    producers: info.customSections.flatMap((section) =>
      section.name === "producers" ? readProducers(section.bytes) : [],
    ),
    manifest: manifest.ok ? manifest.value : undefined,
    uses,
    problems: [
      ...mismatches.map((mismatch, index) =>
        incompatible(
          `the component ${mismatch.message}${index === 0 ? moreOf(mismatches) : ""}${adviceFor(mismatch)}`,
        ),
      ),
      ...(world.ok ? [] : [incompatible(world.error)]),
      ...(manifest.ok
        ? disagreements(
            manifest.value,
            uses,
            imports.map(({ name }) => name),
          ).map(incompatible)
        : [manifest.error]),
    ],
  });
}

/** What this host offers a component of the world, and asks of it. */
function hostFor(world: PluginWorld | AdaptedWorld | undefined): HostWorld {
  if (world !== undefined && !("asked" in world)) return adapterWorld(world.world);
  const { imports, exports } = hostWorld();
  if (world !== undefined) return { imports, exports: exports.filter(({ name }) => name === world.asked) };
  // Its exports are what is wrong with it; of its imports only what there is in no world.
  return {
    imports: [...imports, ...adapterNames.flatMap((name) => adapterWorld(name).imports)],
    exports: [],
  };
}

/** The channels on which a component without a manifest may publish. */
function publishes(imports: readonly CheckedImport[]): readonly string[] {
  return imports.flatMap((item) => {
    if (item.kind === "adapted") return channelsOf(item.functions);
    return item.kind === "offered" && item.capability === "relay"
      ? ["discovery", "log", "refresh-timeline"]
      : [];
  });
}

/** By what a component comes to a capability. */
function through(imports: readonly CheckedImport[], capability: Capability): string {
  const functions = imports.flatMap((item) =>
    item.kind === "adapted"
      ? item.functions.filter((name) => capabilitiesOf(item.adapter, name)?.includes(capability))
      : [],
  );
  return functions.length === 0 ? "it" : `\`${functions.join("`, `")}\``;
}

function moreOf({ length }: readonly Mismatch[]): string {
  return length > 1 ? ` (and ${length - 1} more)` : "";
}

function adviceFor({ code, name }: Mismatch): string {
  if (code === "unsupported") return "";
  if (name.startsWith("wasi:")) {
    return "; of WASI this host offers io, cli, clocks, random and filesystem 0.2, and no sockets or http: build the plugin without them";
  }
  return `; build it against novywave:plugins@${CONTRACT_VERSION}, which this host offers`;
}

function incompatible(message: string): PluginFailure {
  return { code: "incompatible", message };
}
