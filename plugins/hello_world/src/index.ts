import { defineSmokePlugin } from "@novywave/plugin-sdk/guest";
import { greetingOf } from "./greeting.js";

/** The smallest plugin: no imports, no events. Its greeting is what the Plugins panel shows. */
export const smoke = defineSmokePlugin({ init: greetingOf });
