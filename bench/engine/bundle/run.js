// What a program takes that reads, validates, instantiates and calls components, in this thread or in workers.
export {
  EngineError,
  ResultError,
  compile,
  defaultLimits,
  fromTransferable,
  inspect,
  instantiate,
} from "@novywave/component-engine";
