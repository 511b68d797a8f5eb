export * from "./generated/constants.js";
export type * from "./generated/types.js";
