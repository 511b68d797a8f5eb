import http, { type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { err, ok, type Clock, type Result } from "@novywave/base";
import { MAX_CONTROL_BYTES } from "@novywave/protocol";
import { WebSocketServer } from "ws";
import type { ServerApi } from "./api.js";
import { createApp } from "./app.js";
import { Connection } from "./connection.js";
import { refusal } from "./guard.js";

const maxConnections = 64;

export interface HttpServerOptions {
  readonly api: ServerApi;
  readonly token: string;
  readonly uiFolder: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly allowHosts: readonly string[];
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

export type ListenFailure = {
  readonly code: "port-in-use" | "port-denied" | "address-unavailable" | "listen-failed";
  readonly message: string;
};

/** Serves pages, state and the WebSocket at `/ws`. Resolves once requests are answered. */
export async function startHttpServer(
  options: HttpServerOptions,
): Promise<Result<HttpServer, ListenFailure>> {
  const { api, token, allowHosts, clock, onError } = options;
  const listener = getRequestListener(createApp(options).fetch);
  const server = http.createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000 },
    (request, response) => {
      const refused = refusal(request, allowHosts);
      if (refused !== undefined) {
        response.writeHead(403, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
        response.end(`${refused}\n`);
        return;
      }
      listener(request, response).catch(onError);
    },
  );
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CONTROL_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const connections = new Set<Connection>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const path = request.url?.split("?", 1)[0];
    const refused = refusal(request, allowHosts);
    if (refused !== undefined) return rejectUpgrade(socket, "403 Forbidden");
    if (path !== "/ws") return rejectUpgrade(socket, "404 Not Found");
    if (connections.size >= maxConnections && !giveUpStranger(connections)) {
      return rejectUpgrade(socket, "503 Service Unavailable");
    }
    return sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection({ socket: webSocket, api, token, clock, onError });
      connections.add(connection);
      webSocket.on("close", () => connections.delete(connection));
    });
  });
  const listening = await listen(server, options.host, options.port);
  if (!listening.ok) return listening;
  // Too many open files, for example: this connection is lost, the server is not.
  server.on("error", onError);
  return ok({
    port: listening.value,
    async close() {
      for (const connection of connections) connection[Symbol.dispose]();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  });
}

/** Ends the oldest connection without a token, so that nobody who has none can keep out who has one. */
function giveUpStranger(connections: Set<Connection>): boolean {
  for (const connection of connections) {
    if (connection.welcomed) continue;
    connections.delete(connection);
    connection[Symbol.dispose]();
    return true;
  }
  return false;
}

function rejectUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: http.Server, host: string, port: number): Promise<Result<number, ListenFailure>> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(err(explain(error, host, port))));
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(ok(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenFailure {
  switch (error.code) {
    case "EADDRINUSE":
      return {
        code: "port-in-use",
        message: `port ${port} of ${host} is taken by another program; choose another with --port, or 0 for a free one`,
      };
    case "EACCES":
      return {
        code: "port-denied",
        message: `this user may not listen on port ${port}; choose one above 1023 with --port`,
      };
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return { code: "address-unavailable", message: `this machine has no address ${host}` };
    default:
      return { code: "listen-failed", message: `listening on ${host}:${port} failed: ${error.message}` };
  }
}
