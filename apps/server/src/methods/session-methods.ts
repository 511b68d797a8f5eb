import { err, ok, type Result } from "@novywave/base";
import type { Actor, Flow } from "@novywave/dataflow";
import type { ConfigError } from "@novywave/config";
import {
  consentRequestSchema,
  type ConsentRequest,
  type MethodMap,
  type PluginStatus,
  type ProtocolError,
} from "@novywave/protocol";
import type { ConfigMessage, ConfigState } from "../actors/config-actor.js";
import type { PluginManagerMessage, PluginManagerState } from "../actors/plugin-manager-actor.js";
import type { PluginLogStore } from "../log/plugin-log-store.js";
import type { Handler } from "./file-methods.js";

export interface SessionMethodsOptions {
  readonly flow: Flow;
  readonly config: Actor<ConfigState, ConfigMessage>;
  readonly manager: Actor<PluginManagerState, PluginManagerMessage>;
  readonly pluginLogs: PluginLogStore;
  readonly pluginStatus: (id: string) => PluginStatus | undefined;
  /** Approves what the plugin asks for and has the plugins looked at again. */
  readonly grant: (
    plugin: PluginStatus,
    sha256: string,
    requests: ConsentRequest,
  ) => Promise<Result<void, ProtocolError>>;
  /** Remembers that a person said no, and has the plugins looked at again. */
  readonly deny: SessionMethodsOptions["grant"];
  /** Takes back what was approved for a plugin; answers how many approvals that were. */
  readonly revoke: (plugin: PluginStatus) => Promise<Result<number, ProtocolError>>;
}

type SessionMethod =
  | "plugin.setEnabled"
  | "plugin.retry"
  | "plugin.grant"
  | "plugin.deny"
  | "plugin.revoke"
  | "plugin.logs"
  | "view.save"
  | "ui.save"
  | "debug.flow";

/** Questions about plugins, settings and the program itself. */
export function sessionMethods(options: SessionMethodsOptions): {
  readonly [M in SessionMethod]: Handler<M>;
} {
  const { flow, config, manager, pluginLogs } = options;

  const known = (id: string): Result<PluginStatus, ProtocolError> => {
    const status = options.pluginStatus(id);
    return status ? ok(status) : err({ code: "not-found", message: `there is no plugin ${id} in .novywave` });
  };

  /** A person decides about what he was asked, if that is what is asked now. */
  const decided = async (
    { id, sha256, requests }: MethodMap["plugin.grant"]["params"],
    decide: SessionMethodsOptions["grant"],
  ): Promise<Result<Record<string, never>, ProtocolError>> => {
    const status = known(id);
    if (!status.ok) return status;
    const asking = [status.value, status.value.pending].some(
      (build) => build?.sha256 === sha256 && sameRequests(build.requests, requests),
    );
    if (!asking) {
      return err({
        code: "stale",
        message: `${id}, or what it asks for, has changed since; look at what it asks for now`,
      });
    }
    const done = await decide(status.value, sha256, requests);
    return done.ok ? ok({}) : done;
  };

  const written = (
    message: (reply: (result: Result<void, ConfigError>) => void) => ConfigMessage,
  ): Promise<Result<Record<string, never>, ProtocolError>> =>
    new Promise((resolve) => {
      const taken = config.send(
        message((result) => resolve(result.ok ? ok({}) : err(fromConfigError(result.error)))),
      );
      if (!taken) resolve(err({ code: "internal", message: "the configuration cannot be written now" }));
    });

  return {
    "plugin.setEnabled": async ({ id, enabled }) => {
      const status = known(id);
      if (!status.ok) return status;
      return written((reply) => ({ kind: "set-enabled", id, enabled, reply }));
    },
    "plugin.retry": async ({ id }) => {
      const status = known(id);
      if (!status.ok) return status;
      manager.send({ kind: "retry-asked", id });
      return ok({});
    },
    "plugin.grant": async (asked) => decided(asked, options.grant),
    "plugin.deny": async (asked) => decided(asked, options.deny),
    "plugin.revoke": async ({ id }) => {
      const status = known(id);
      if (!status.ok) return status;
      const revoked = await options.revoke(status.value);
      if (!revoked.ok) return revoked;
      if (revoked.value > 0) return ok({ revoked: revoked.value });
      return err({ code: "not-granted", message: `nothing was ever approved for ${id}` });
    },
    "plugin.logs": async ({ id }) => {
      const status = known(id);
      return status.ok ? ok({ records: [...pluginLogs.of(id)] }) : status;
    },
    "view.save": async ({ view }) => {
      config.send({ kind: "save-view", view });
      return ok({});
    },
    "ui.save": async (settings) => written((reply) => ({ kind: "save-ui", settings, reply })),
    "debug.flow": async () => ok({ snapshot: flow.snapshot() }),
  };
}

function fromConfigError({ code, message, line, column }: ConfigError): ProtocolError {
  const place = line === undefined ? "" : `.novywave, line ${line}, column ${column ?? 1}: `;
  return { code, message: `${place}${message}` };
}

/** Whether what was approved is what is asked for now. */
function sameRequests(now: ConsentRequest | undefined, seen: ConsentRequest): boolean {
  // Parsed, so that both have their keys in the order of the schema.
  return now !== undefined && JSON.stringify(consentRequestSchema.parse(now)) === JSON.stringify(seen);
}
