// What a program takes that reads, validates, instantiates and calls components: all but the check of a host and the description.
export {
  EngineError,
  ResultError,
  camelCase,
  compile,
  componentName,
  defaultLimits,
  findCompatibleName,
  fromTransferable,
  inspect,
  instantiate,
  producersOf,
} from "@novywave/component-engine";
