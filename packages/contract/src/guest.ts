export type * from "./generated/guest-types.js";
