import {
  describe,
  EngineError,
  inspect,
  type ComponentExtern,
  type ComponentInfo,
} from "@novywave/component-engine";
import { err, ok, type Result } from "@novywave/base";
import { capabilities, isCapability, matchContract, type Capability } from "../capability.js";
import type { PluginFailure } from "../failure.js";
import type { Manifest } from "../manifest/manifest.js";
import { manifestOf } from "../manifest/manifest-of.js";
import type { LinkedInterface } from "../wire/messages.js";
import type { Artifact } from "./artifact.js";
import { checkHeader } from "./check-header.js";
import { contractSignatures } from "./contract-signatures.js";
import { signature } from "./signature.js";
import { readProducers, type Producer } from "./producers.js";

/** What is known about an artifact without running any of it. */
export interface InspectedArtifact {
  /** Chosen from what the component imports and exports, never from its id. */
  readonly world: "plugin" | "smoke";
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
  /** The export that is called: `novywave:plugins/lifecycle@…` or `novywave:plugins/smoke@…`. */
  readonly exportName: string;
}

/**
 * Reads imports, exports and manifest of an artifact and checks that they agree with each other and with this host. Runs
 * and compiles nothing.
 */
export function inspectArtifact(artifact: Artifact): Result<InspectedArtifact, PluginFailure> {
  const header = checkHeader(artifact.path, artifact.bytes);
  if (header) return err(header);
  let info: ComponentInfo;
  try {
    info = inspect(artifact.bytes);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return err(engineFailure(error.code, `${artifact.path}: ${error.message}`));
  }
  const [refusal] = info.unsupported;
  if (refusal !== undefined) {
    return incompatible(
      `${artifact.path} uses ${refusal.feature} (byte ${refusal.offset}), which this host does not support`,
    );
  }
  const links = readImports(info);
  if (!links.ok) return links;
  const world = readWorld(info);
  if (!world.ok) return world;
  const uses = capabilities.filter((capability) => links.value.some((link) => link.interface === capability));
  const manifest = manifestOf(artifact, info, uses);
  if (!manifest.ok) return manifest;
  const undeclared = uses.find(
    (name) => !manifest.value.capabilities.some((capability) => capability.name === name),
  );
  if (undeclared !== undefined) {
    return incompatible(
      `the component imports \`${undeclared}\`, which its manifest does not ask for; add it to [[capabilities]] of Plugin.toml with a reason, or do not import it`,
    );
  }
  return ok({
    world: world.value.world,
    manifest: manifest.value,
    imports: info.imports.map((item) => item.name),
    exports: info.exports.map((item) => item.name),
    wit: describe(info),
    producers: info.customSections.flatMap((section) =>
      section.name === "producers" ? readProducers(section.bytes) : [],
    ),
    sha256: artifact.sha256,
    size: artifact.size,
    requests: manifest.value.capabilities.map((capability) => capability.name),
    uses,
    links: links.value,
    exportName: world.value.exportName,
  });
}

function readImports(info: ComponentInfo): Result<readonly LinkedInterface[], PluginFailure> {
  const links: LinkedInterface[] = [];
  for (const item of info.imports) {
    if (item.kind === "type") continue;
    const found = matchContract(item.name);
    if (found.kind === "version") {
      return incompatible(
        `the component imports ${item.name}, but this host offers version ${found.offered}; build it against that`,
      );
    }
    if (found.kind === "other") {
      return incompatible(
        item.name.startsWith("wasi:")
          ? `the component imports ${item.name}: this host offers no WASI; build the plugin without it`
          : `the component imports ${item.name}, which this host does not offer`,
      );
    }
    // An interface of which only types are used needs nothing at run time.
    if (item.kind !== "instance" || item.type.functions.length === 0) continue;
    if (!isCapability(found.interface))
      return incompatible(`the component imports ${item.name}, which this host does not offer`);
    const mismatch = compareFunctions(found.interface, item);
    if (mismatch !== undefined) return incompatible(`the component imports ${mismatch}`);
    links.push({
      import: item.name,
      interface: found.interface,
      functions: item.type.functions.map((func) => func.name),
    });
  }
  return ok(links);
}

/** The first function of an interface that this host does not have, or has with another type; for people. */
function compareFunctions(
  name: string,
  item: Extract<ComponentExtern, { kind: "instance" }>,
): string | undefined {
  const offered = contractSignatures[name] ?? {};
  for (const func of item.type.functions) {
    const expected = offered[func.name];
    if (expected === undefined)
      return `${item.name}#${func.name}, which this host does not know; a newer one may`;
    const found = signature(func.type);
    if (found !== expected) {
      return `${item.name}#${func.name} as ${found}, but in this host's contract it is ${expected}; build it against that`;
    }
  }
  return undefined;
}

/** Other exports are tolerated and never called: toolchains add their own. */
function readWorld(
  info: ComponentInfo,
): Result<{ world: "plugin" | "smoke"; exportName: string }, PluginFailure> {
  const found: { world: "plugin" | "smoke"; exportName: string }[] = [];
  for (const item of info.exports) {
    const match = matchContract(item.name);
    if (match.kind === "version") {
      return incompatible(
        `the component exports ${item.name}, but this host knows version ${match.offered}; build it against that`,
      );
    }
    if (match.kind !== "match" || item.kind !== "instance") continue;
    if (match.interface !== "lifecycle" && match.interface !== "smoke") continue;
    const missing = Object.keys(contractSignatures[match.interface] ?? {}).find(
      (name) => !item.type.functions.some((func) => func.name === name),
    );
    if (missing !== undefined) {
      return incompatible(`the component's export ${item.name} has no function ${missing}`);
    }
    const mismatch = compareFunctions(match.interface, item);
    if (mismatch !== undefined) return incompatible(`the component exports ${mismatch}`);
    found.push({ world: match.interface === "smoke" ? "smoke" : "plugin", exportName: item.name });
  }
  const [first, second] = found;
  if (first === undefined) {
    return incompatible(
      "the component exports neither novywave:plugins/lifecycle nor novywave:plugins/smoke: it is no NovyWave plugin",
    );
  }
  if (second !== undefined)
    return incompatible(
      `the component exports both ${first.exportName} and ${second.exportName}; a plugin has one`,
    );
  return ok(first);
}

function incompatible(message: string): Result<never, PluginFailure> {
  return err({ code: "incompatible", message });
}

/** The failure that an engine error means while an artifact is loaded. */
export function engineFailure(code: string, message: string): PluginFailure {
  switch (code) {
    case "not-a-component":
    case "malformed":
    case "invalid":
    case "module-rejected":
      return { code: "not-a-component", message };
    case "unsupported":
    case "missing-import":
    case "bad-import":
      return { code: "incompatible", message };
    case "limit-exceeded":
      return { code: "limit", message };
    case "link-failed":
      return { code: message.includes("address space") ? "memory" : "incompatible", message };
    default:
      return { code: "trap", message };
  }
}
