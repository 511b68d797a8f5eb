import * as host from "novywave:plugins/timer@0.1.0";
import { hostCall } from "./host-error.js";

/** One `tick` event, `delayMs` milliseconds from now at the earliest. Throws `HostError`. */
export function scheduleTick(delayMs: number): void {
  hostCall("timer.schedule-tick", () => host.scheduleTick(delayMs));
}
