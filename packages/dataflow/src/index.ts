export { createFlow, type Flow, type FlowOptions } from "./flow.js";
export type { Actor, ActorContext, ActorDefinition } from "./actor.js";
export type { Relay, StateRelay, StateRelayOptions } from "./relay.js";
export type {
  ActorSnapshot,
  DropReason,
  FlowSnapshot,
  InspectionEvent,
  RelaySnapshot,
} from "./inspection.js";
