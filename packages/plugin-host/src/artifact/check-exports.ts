import type { ComponentInfo } from "@novywave/component-engine";
import { err, ok, type Result } from "@novywave/base";
import { CONTRACT_VERSION, INTERFACES } from "@novywave/contract";
import { adaptersFor, hostInterface, type AdapterName } from "../adapters/world.js";
import { matchContract } from "../capability.js";

/** A world of the contract, or one of plugins that were published for NovyWave 0.2. */
export type WorldName = "plugin" | "smoke" | AdapterName;

/** The world of a plugin, and the export that is called: `novywave:plugins/lifecycle@…` or `novywave:plugins/smoke@…`. */
export interface PluginWorld {
  readonly world: "plugin" | "smoke";
  /** The name under which the component exports it. */
  readonly exportName: string;
  /** The name under which this host knows it. */
  readonly asked: string;
}

/** The world of a plugin of NovyWave 0.2: what is called are functions of the component itself. */
export interface AdaptedWorld {
  readonly world: AdapterName;
  readonly exportName: "";
}

/**
 * The world that the exports make, or why they make none; for people. Other exports are tolerated and never called:
 * toolchains add their own.
 */
export function checkExports(info: ComponentInfo): Result<PluginWorld | AdaptedWorld, string> {
  const found = info.exports.flatMap((item): PluginWorld[] => {
    const { kind, ...match } = matchContract(item.name);
    if (kind !== "match" || item.kind !== "instance" || !("interface" in match)) return [];
    const asked = match.interface;
    if (asked === "lifecycle")
      return [{ world: "plugin", exportName: item.name, asked: INTERFACES.lifecycle }];
    return asked === "smoke" ? [{ world: "smoke", exportName: item.name, asked: INTERFACES.smoke }] : [];
  });
  const [first, second] = found;
  if (second !== undefined && first !== undefined) {
    return err(`the component exports both ${first.exportName} and ${second.exportName}; a plugin has one`);
  }
  if (first !== undefined) return ok(first);
  const other = info.exports.find((item) => matchContract(item.name).kind === "version");
  const [adapter, secondAdapter] = other === undefined ? adaptersFor(info) : [];
  if (adapter !== undefined && secondAdapter !== undefined) {
    const both = `${hostInterface(adapter)} and ${hostInterface(secondAdapter)}`;
    return err(`the component imports both ${both}; a plugin of NovyWave 0.2 has one`);
  }
  if (adapter !== undefined) return ok({ world: adapter, exportName: "" });
  return err(
    other === undefined
      ? "the component exports neither novywave:plugins/lifecycle nor novywave:plugins/smoke: it is no NovyWave plugin"
      : `the component exports ${other.name}, but this host knows version ${CONTRACT_VERSION}; build it against that`,
  );
}
