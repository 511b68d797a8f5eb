import { CodecError } from "../wire/codec.js";
import { decodeFrame, type ChildType, type Frame } from "../wire/frames.js";
import type { TransportEvents } from "./transport.js";

/** Reads the message in a frame and passes it on; says so if it holds none. */
export function receiveFrame(
  frame: Frame<ChildType>,
  { onMessage, onBroken }: Pick<TransportEvents, "onMessage" | "onBroken">,
): void {
  let message: unknown;
  try {
    message = decodeFrame(frame);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    onBroken(`a message that cannot be read (${error.message})`);
    return;
  }
  onMessage(message);
}
