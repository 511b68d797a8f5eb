import type { Actor, Flow } from "@novywave/dataflow";
import type { GrantRecord, PluginHost } from "@novywave/plugin-host";
import { withOutsideLink, type OutsideLink } from "../plugins/outside-links.js";
import { ready, type Relays, type RelayState } from "../relays.js";

export type OutsideLinksMessage =
  | { readonly kind: "recorded"; readonly record: GrantRecord }
  /** Ids of the plugins that there are. */
  | { readonly kind: "plugins-told"; readonly ids: readonly string[] };

/** Remembers which links lead out of what plugins may see, so that a person can be asked whether to allow their targets. */
export function createOutsideLinksActor(
  flow: Flow,
  relays: Relays,
  host: Pick<PluginHost, "granted">,
): Actor<readonly OutsideLink[], OutsideLinksMessage> {
  const emit = relays.pluginOutside.emitter();
  return flow.actor<readonly OutsideLink[], OutsideLinksMessage>({
    name: "outside-links",
    initial: [],
    start: (context) => {
      context.scope.add(
        host.granted((record) => {
          if (record.decision === "outside") context.send({ kind: "recorded", record });
        }),
      );
      context.listen(relays.pluginStatus, (status: RelayState<readonly { readonly id: string }[]>) => ({
        kind: "plugins-told",
        ids: status.state === "ready" ? status.value.map(({ id }) => id) : [],
      }));
      emit({ state: "empty" });
    },
    receive: (links, message) => {
      const next =
        message.kind === "recorded"
          ? withOutsideLink(links, message.record)
          : links.filter(({ pluginId }) => message.ids.includes(pluginId));
      if (next.length === links.length && next.every((link, index) => link === links[index])) return links;
      emit(next.length > 0 ? ready(next) : { state: "empty" });
      return next;
    },
  });
}
