import { SimulatedClock } from "@novywave/base";
import { encodeBinaryFrame, PROTOCOL_VERSION, type ServerMessage } from "@novywave/protocol";
import { describe, expect, it } from "vitest";
import {
  Connection,
  retryDelay,
  type ConnectionState,
  type Socket,
  type SocketListener,
} from "./connection.js";
import { takeToken } from "./token.js";

class FakeSocket implements Socket {
  readonly listener: SocketListener;
  readonly sent: { type: string; id?: number; method?: string; token?: string }[] = [];
  closed = false;
  constructor(listener: SocketListener) {
    this.listener = listener;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  say(message: ServerMessage): void {
    this.listener.received(JSON.stringify(message));
  }
  welcome(): void {
    this.listener.opened();
    this.say({ type: "welcome", version: "0.1.0", workspace: "/w", protocol: PROTOCOL_VERSION });
  }
}

function scene(token: string | undefined = "secret") {
  const clock = new SimulatedClock();
  const sockets: FakeSocket[] = [];
  const states: ConnectionState["kind"][] = [];
  const connection = new Connection({
    token,
    clock,
    random: () => 0,
    open: (listener) => {
      const socket = new FakeSocket(listener);
      sockets.push(socket);
      return socket;
    },
  });
  connection.changed((state) => states.push(state.kind));
  const socket = (index: number): FakeSocket => {
    const found = sockets[index];
    if (!found) throw new Error(`there is no socket ${index}`);
    return found;
  };
  return { clock, sockets, socket, states, connection };
}

describe("connection", () => {
  it("says hello with the token before anything else", () => {
    const { connection, socket, states } = scene();
    connection.start();
    socket(0).welcome();
    expect(socket(0).sent[0]).toMatchObject({ type: "hello", token: "secret" });
    expect(states).toEqual(["connecting", "open"]);
  });

  it("matches answers to questions in any order", async () => {
    const { connection, socket } = scene();
    connection.start();
    socket(0).welcome();
    const first = connection.request("transition.find", {
      path: "/a",
      signal: 1,
      time: "0",
      direction: "next",
    });
    const second = connection.request("file.open", { path: "/b" });
    const [, a, b] = socket(0).sent;
    socket(0).say({
      type: "response",
      id: b?.id ?? 0,
      ok: false,
      error: { code: "not-found", message: "no" },
    });
    socket(0).say({ type: "response", id: a?.id ?? 0, ok: true, result: { time: "12" } });
    expect(await first).toEqual({ ok: true, value: { time: "12" } });
    expect(await second).toEqual({ ok: false, error: { code: "not-found", message: "no" } });
  });

  it("hands binary answers over as a buffer of their own", async () => {
    const { connection, socket } = scene();
    connection.start();
    socket(0).welcome();
    const answer = connection.request("columns.query", {
      path: "/a",
      revision: 1,
      start: "0",
      end: "1",
      columns: 1,
      rows: [],
    });
    const id = socket(0).sent[1]?.id ?? 0;
    socket(0).listener.received(encodeBinaryFrame(id, new Uint8Array([1, 2, 3])).buffer);
    const result = await answer;
    expect(result.ok && [...new Uint8Array(result.value)]).toEqual([1, 2, 3]);
  });

  it("refuses an answer that does not have the method's shape", async () => {
    const { connection, socket } = scene();
    connection.start();
    socket(0).welcome();
    const answer = connection.request("transition.find", {
      path: "/a",
      signal: 1,
      time: "0",
      direction: "next",
    });
    socket(0).say({ type: "response", id: socket(0).sent[1]?.id ?? 0, ok: true, result: { time: 12 } });
    expect(await answer).toMatchObject({ ok: false, error: { code: "bad-response" } });
  });

  it("cancels: the server is told and the caller answered at once", async () => {
    const { connection, socket } = scene();
    connection.start();
    socket(0).welcome();
    const abort = new AbortController();
    const answer = connection.request("file.open", { path: "/a" }, abort.signal);
    abort.abort();
    expect(await answer).toMatchObject({ ok: false, error: { code: "cancelled" } });
    expect(socket(0).sent.at(-1)).toMatchObject({ type: "cancel", id: socket(0).sent[1]?.id });
  });

  it("never has more requests waiting than the server takes", async () => {
    const { connection, socket } = scene();
    connection.start();
    socket(0).welcome();
    const answers = Array.from({ length: 70 }, () => connection.request("file.open", { path: "/a" }));
    const requests = () => socket(0).sent.filter((message) => message.type === "request");
    expect(requests()).toHaveLength(64);
    for (let i = 0; i < 70; i++) {
      socket(0).say({ type: "response", id: requests()[i]?.id ?? 0, ok: true, result: {} });
    }
    expect((await Promise.all(answers)).every((answer) => answer.ok)).toBe(true);
  });

  it("comes back after a cut, waiting longer each time, and answers who waited", async () => {
    const { connection, clock, sockets, socket, states } = scene();
    connection.start();
    socket(0).welcome();
    const waiting = connection.request("file.open", { path: "/a" });
    socket(0).listener.closed("");
    expect(await waiting).toMatchObject({ ok: false, error: { code: "disconnected" } });
    clock.advance(250);
    expect(sockets).toHaveLength(2);
    socket(1).listener.closed("");
    clock.advance(499);
    expect(sockets).toHaveLength(2);
    clock.advance(1);
    expect(sockets).toHaveLength(3);
    socket(2).welcome();
    expect(states).toEqual([
      "connecting",
      "open",
      "retrying",
      "connecting",
      "retrying",
      "connecting",
      "open",
    ]);
    expect(clock.pending).toBe(0);
  });

  it("gives up on a server that accepts and then says nothing", () => {
    const { connection, clock, socket } = scene();
    connection.start();
    socket(0).listener.opened();
    clock.advance(10_000);
    expect(connection.state).toMatchObject({ kind: "retrying" });
    expect(socket(0).closed).toBe(true);
  });

  it("stops when the token is missing or refused", () => {
    const without = new Connection({
      token: undefined,
      clock: new SimulatedClock(),
      random: () => 0,
      open: (listener) => new FakeSocket(listener),
    });
    without.start();
    expect(without.state.kind).toBe("unauthorized");
    const { connection, clock, socket } = scene();
    connection.start();
    socket(0).say({ type: "goodbye", error: { code: "unauthorized", message: "wrong token" } });
    expect(connection.state).toEqual({ kind: "unauthorized", message: "wrong token" });
    expect(clock.pending).toBe(0);
  });

  it("says so when page and server are of different versions", () => {
    const { connection, socket } = scene();
    connection.start();
    socket(0).say({ type: "welcome", version: "9", workspace: "/w", protocol: 99 });
    expect(connection.state.kind).toBe("incompatible");
  });

  it("retries at once on demand", () => {
    const { connection, sockets, socket } = scene();
    connection.start();
    socket(0).listener.closed("");
    connection.retryNow();
    expect(sockets).toHaveLength(2);
  });

  it("waits at most ten seconds between attempts", () => {
    expect(retryDelay(1, 0)).toBe(250);
    expect(retryDelay(50, 1)).toBe(10_000);
  });
});

const host = (hash: string, stored?: string) => {
  const store = new Map(stored ? [["novywave.token", stored]] : []);
  const replaced: string[] = [];
  return {
    replaced,
    store,
    location: { hash, pathname: "/", search: "" },
    history: { replaceState: (_d: unknown, _u: string, url: string) => void replaced.push(url) },
    sessionStorage: {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => void store.set(key, value),
    },
  };
};

describe("token", () => {
  it("moves from the address to the session", () => {
    const page = host("#token=abc");
    expect(takeToken(page)).toBe("abc");
    expect(page.replaced).toEqual(["/"]);
    expect(page.store.get("novywave.token")).toBe("abc");
  });

  it("is found again after a reload of the page, and missing otherwise", () => {
    expect(takeToken(host("", "abc"))).toBe("abc");
    expect(takeToken(host(""))).toBeUndefined();
  });
});
