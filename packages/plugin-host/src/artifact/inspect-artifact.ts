import { checkHost, describe, EngineError, inspect, type ComponentInfo } from "@novywave/component-engine";
import { err, ok, type Result } from "@novywave/base";
import { CONTRACT_VERSION, INTERFACES } from "@novywave/contract";
import { capabilities, isCapability, matchContract, type Capability } from "../capability.js";
import type { PluginFailure } from "../failure.js";
import type { Manifest } from "../manifest/manifest.js";
import { manifestOf } from "../manifest/manifest-of.js";
import type { LinkedInterface } from "../wire/messages.js";
import type { Artifact } from "./artifact.js";
import { checkHeader } from "./check-header.js";
import { hostWorld } from "./host-world.js";
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
  const world = readWorld(info);
  const host = hostWorld();
  const [mismatch, ...others] = checkHost(info, {
    imports: host.imports,
    exports: host.exports.filter((item) => world.ok && item.name === world.value.asked),
  });
  if (mismatch !== undefined) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    const advice = mismatch.code === "unsupported" ? "" : `; ${adviceFor(mismatch.name)}`;
    return incompatible(`the component ${mismatch.message}${more}${advice}`);
  }
  if (!world.ok) return world;
  const links = readLinks(info);
  const uses = capabilities.filter((capability) => links.some((link) => link.interface === capability));
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
    links,
    exportName: world.value.exportName,
  });
}

function adviceFor(name: string): string {
  if (name.startsWith("wasi:")) return "this host offers no WASI: build the plugin without it";
  return `build it against novywave:plugins@${CONTRACT_VERSION}, which this host offers`;
}

/** An interface of which only types are used needs nothing at run time. */
function readLinks(info: ComponentInfo): readonly LinkedInterface[] {
  return info.imports.flatMap((item) => {
    const found = matchContract(item.name);
    if (found.kind !== "match" || item.kind !== "instance" || !isCapability(found.interface)) return [];
    if (item.type.functions.length === 0) return [];
    const functions = item.type.functions.map((func) => func.name);
    return [{ import: item.name, interface: found.interface, functions }];
  });
}

interface World {
  readonly world: "plugin" | "smoke";
  /** The name under which the component exports it. */
  readonly exportName: string;
  /** The name under which this host knows it. */
  readonly asked: string;
}

/** Other exports are tolerated and never called: toolchains add their own. */
function readWorld(info: ComponentInfo): Result<World, PluginFailure> {
  const found = info.exports.flatMap((item): World[] => {
    const { kind, ...match } = matchContract(item.name);
    if (kind !== "match" || item.kind !== "instance" || !("interface" in match)) return [];
    const asked = match.interface;
    if (asked === "lifecycle")
      return [{ world: "plugin", exportName: item.name, asked: INTERFACES.lifecycle }];
    return asked === "smoke" ? [{ world: "smoke", exportName: item.name, asked: INTERFACES.smoke }] : [];
  });
  const [first, second] = found;
  if (second !== undefined && first !== undefined) {
    return incompatible(
      `the component exports both ${first.exportName} and ${second.exportName}; a plugin has one`,
    );
  }
  if (first !== undefined) return ok(first);
  const other = info.exports.map((item) => ({ name: item.name, match: matchContract(item.name) }));
  const version = other.find((item) => item.match.kind === "version");
  return incompatible(
    version === undefined
      ? "the component exports neither novywave:plugins/lifecycle nor novywave:plugins/smoke: it is no NovyWave plugin"
      : `the component exports ${version.name}, but this host knows version ${CONTRACT_VERSION}; build it against that`,
  );
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
