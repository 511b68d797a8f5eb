// In this order the bundle is smallest: helpers of few users take the short names first, and what is alike stands together.
export { checkHost, type HostWorld } from "./host-check/check-host.js";
export { camelCase, findCompatibleName } from "./names.js";
export { compile, inspect, type ComponentInfo } from "./compile.js";
export {
  fromTransferable,
  instantiate,
  type Component,
  type EngineOptions,
  type InstanceOptions,
  type TransferableComponent,
} from "./component.js";
export { EngineError, ResultError, type EngineErrorCode } from "./errors.js";
export { describe } from "./wit/describe.js";
export type { Mismatch, MismatchCode } from "./host-check/mismatch.js";
export { defaultLimits, type EngineLimits } from "./limits.js";
export type { PassedTexts } from "./abi/passed-texts.js";
export { Utf8Text, Utf8Texts } from "./abi/utf8-text.js";
export type { Instance } from "./link/instantiate.js";
export type {
  ComponentExport,
  ComponentExtern,
  ComponentImport,
  InterfaceFunction,
  InterfaceNamedType,
  InterfaceType,
  Refusal,
} from "./plan.js";
export { componentName, producersOf, type Producer } from "./binary/custom-sections.js";
export type { CustomSection } from "./binary/syntax.js";
export type {
  Case,
  Field,
  FuncType,
  Param,
  PrimitiveKind,
  ResourceType,
  ValueType,
} from "./types/value-types.js";
