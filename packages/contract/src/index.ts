export * from "./generated/constants.js";
export * from "./generated/world.js";
export type * from "./generated/types.js";
