import type { OpenSocket } from "./connection.js";

/** Opens a browser's WebSocket for the connection. */
export function webSocket(url: string): OpenSocket {
  return (listener) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => listener.opened());
    socket.addEventListener("close", ({ reason }) => listener.closed(reason));
    socket.addEventListener("message", (event: MessageEvent<unknown>) => listener.received(event.data));
    return { send: (text) => socket.send(text), close: () => socket.close() };
  };
}
