import type { Actor, ActorContext, Flow } from "@novywave/dataflow";
import type { PluginInstance } from "@novywave/plugin-host";
import type { PluginStatus } from "@novywave/protocol";
import { newLifecycle, runningOf, type Lifecycle, type LifecycleEvent } from "../plugins/lifecycle/model.js";
import { tell, type Told } from "../plugins/lifecycle/status.js";
import { transition } from "../plugins/lifecycle/transition.js";
import type { PluginEntry } from "../plugins/plugin-entry.js";
import { ExecutionEffects, type ExecutionPorts } from "./plugin-execution-effects.js";

export type { ExecutionPorts } from "./plugin-execution-effects.js";

export interface ExecutionState {
  readonly life: Lifecycle;
  /** What is said about the plugin, and since when. */
  readonly told: Told & Pick<PluginStatus, "since">;
  /** The instance that handles events. While another is prepared this one runs on. */
  readonly instance?: PluginInstance;
}

export type ExecutionMessage = LifecycleEvent;

/** What the world is told about a plugin. */
export function pluginStatus({ life, told }: ExecutionState): PluginStatus {
  const { entry, facts } = life;
  return {
    id: entry.id,
    enabled: entry.enabled,
    artifactPath: entry.artifactPath,
    config: entry.config,
    ...told,
    ...(facts?.pending && {
      message: `${told.message.replace(/[.\s]+$/u, "")}. ${facts.pending.message}`,
      pending: facts.pending,
      ...(facts.pending.requests && {
        action: `${facts.pending.requests.denied ? "If you have changed your mind, approve" : "Approve"} the newer build in the Plugins panel or with \`novywave plugins grant ${entry.id}\`.`,
      }),
    }),
    ...(facts && {
      version: facts.version,
      sha256: facts.sha256,
      capabilities: [...facts.capabilities],
      configSchema: facts.configSchema,
      ...(facts.trust !== undefined && { trust: facts.trust }),
    }),
  };
}

/** One plugin: the pure transitions of its life, and an actor that does what they ask for. */
export function createPluginExecutionActor(
  flow: Flow,
  entry: PluginEntry,
  ports: ExecutionPorts,
): Actor<ExecutionState, ExecutionMessage> {
  let effects: ExecutionEffects | undefined;
  const life = newLifecycle(entry);
  return flow.actor<ExecutionState, ExecutionMessage>({
    name: `plugin:${entry.id}`,
    initial: { life, told: { ...tell(life), since: flow.clock.now() } },
    start: (context) => context.send({ kind: "configured", entry }),
    receive: (state, event, context) => {
      effects ??= new ExecutionEffects(ports, context);
      const step = transition(state.life, event, { now: context.clock.now(), random: ports.random() });
      for (const effect of step.effects) effects.perform(effect, step.next.entry);
      return nextState(state, step.next, effects, context);
    },
  });
}

function nextState(
  state: ExecutionState,
  life: Lifecycle,
  effects: ExecutionEffects,
  context: ActorContext<ExecutionState, ExecutionMessage>,
): ExecutionState {
  if (life === state.life) return state;
  const now = tell(life);
  const same = now.state === state.told.state && now.message === state.told.message;
  const running = runningOf(life.state);
  const instance = running && effects.instance(running.instance);
  return {
    life,
    told: { ...now, since: same ? state.told.since : context.clock.now() },
    ...(instance && { instance }),
  };
}
