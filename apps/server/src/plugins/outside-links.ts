import type { GrantRecord } from "@novywave/plugin-host";

/** A symbolic link in a granted folder that leads out of it: a plugin does not see it, and a person may allow its target. */
export interface OutsideLink {
  readonly pluginId: string;
  /** Absolute path of the link. */
  readonly link: string;
  /** Where it leads; absolute, free of links. */
  readonly target: string;
}

const maxPerPlugin = 50;

/** Adds what a record of the audit says, unless it is known or there are many already; the same list if nothing is new. */
export function withOutsideLink(links: readonly OutsideLink[], record: GrantRecord): readonly OutsideLink[] {
  const { decision, pluginId, scope: link, target } = record;
  if (decision !== "outside" || target === undefined) return links;
  const own = links.filter((each) => each.pluginId === pluginId);
  const known = own.find((each) => each.link === link);
  if (known?.target === target || (known === undefined && own.length >= maxPerPlugin)) return links;
  return [...links.filter((each) => each !== known), { pluginId, link, target }];
}
