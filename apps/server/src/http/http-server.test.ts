import http from "node:http";
import net from "node:net";
import { Emitter, err, ok, SimulatedClock, type Clock, systemClock } from "@novywave/base";
import {
  emptyView,
  HELLO_DEADLINE_MS,
  MAX_CONTROL_BYTES,
  MAX_PENDING_REQUESTS,
  PROTOCOL_VERSION,
  type ServerEvent,
  type TopicMap,
} from "@novywave/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import path from "node:path";
import { temporaryFolder, writeTree } from "../testing/temporary-folder.js";
import type { FileProgress, ServerApi, Source } from "./api.js";
import { startHttpServer } from "./http-server.js";

const token = "the-token-of-this-test";

function source<T>(value: T): Source<T> & { set: (next: T) => void } {
  const changes = new Emitter<T>();
  let current = value;
  return {
    get current() {
      return current;
    },
    subscribe: changes.event,
    set: (next) => {
      current = next;
      changes.emit(next);
    },
  };
}

async function scene(options: { clock?: Clock; call?: ServerApi["call"] } = {}) {
  const uiFolder = path.join(await temporaryFolder(), "ui");
  await writeTree(uiFolder, { "index.html": "<!doctype html>", "assets/a.js": "export {}" });
  const timeline = source<TopicMap["timeline"]>({ state: "empty", revision: 0 });
  const files = source<TopicMap["files"]>([]);
  const events = new Emitter<ServerEvent>();
  const progress = new Emitter<FileProgress>();
  const errors: unknown[] = [];
  const api: ServerApi = {
    version: "0.1.0",
    workspace: "/w",
    topics: {
      config: source<TopicMap["config"]>({ state: "ready", path: "/w/.novywave" }),
      view: source<TopicMap["view"]>({ value: emptyView, revision: 0 }),
      plugins: source<TopicMap["plugins"]>([]),
      files,
      discovery: source<TopicMap["discovery"]>({ state: "empty", count: 0 }),
      timeline,
    },
    events: events.event,
    progress: progress.event,
    call: options.call ?? (async () => ok({})),
    metrics: () => "# EOF\n",
  };
  const server = await startHttpServer({
    api,
    token,
    uiFolder,
    host: "127.0.0.1",
    port: 0,
    allowHosts: [],
    clock: options.clock ?? systemClock,
    onError: (error) => errors.push(error),
  });
  if (!server.ok) throw new Error(server.error.message);
  onTestFinished(() => server.value.close());
  return {
    port: server.value.port,
    timeline,
    files,
    events,
    progress,
    errors,
    close: () => server.value.close(),
  };
}

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A request with exactly these headers; `fetch` would not let us set `Host`. */
function request(
  port: number,
  target: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    http
      .request({ host: "127.0.0.1", port, path: target, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      })
      .on("error", reject)
      .end();
  });
}

class Client {
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[] = [];
  readonly frames: Buffer[] = [];
  closed: number | undefined;
  #wake: (() => void) | undefined;

  constructor(port: number, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
    this.socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.frames.push(data);
      else this.messages.push(JSON.parse(data.toString()) as Record<string, unknown>);
      this.#wake?.();
    });
    this.socket.on("close", (code) => {
      this.closed = code;
      this.#wake?.();
    });
    this.socket.on("error", () => this.#wake?.());
    onTestFinished(() => this.socket.terminate());
  }

  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async open(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) {
      await new Promise<void>((resolve, reject) => {
        this.socket.once("open", () => resolve());
        this.socket.once("error", reject);
      });
    }
    return this;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  message(type: string): Promise<Record<string, unknown>> {
    return this.until(() => this.messages.find((message) => message["type"] === type));
  }

  response(id: number): Promise<Record<string, unknown>> {
    return this.until(() =>
      this.messages.find((message) => message["type"] === "response" && message["id"] === id),
    );
  }

  async hello(): Promise<this> {
    await this.open();
    this.send({ type: "hello", token, protocol: PROTOCOL_VERSION });
    await this.message("welcome");
    return this;
  }
}

describe("pages", () => {
  test("come with a policy that forbids code from text and from elsewhere", async () => {
    const { port } = await scene();
    const page = await request(port, "/");
    expect(page).toMatchObject({ status: 200, body: "<!doctype html>" });
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("unsafe-eval");
    expect(page.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache",
    });
    expect((await request(port, "/assets/a.js")).headers["cache-control"]).toContain("immutable");
  });

  test.each(["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/nothing", "/assets/"])(
    "%s is not found",
    async (target) => {
      const { port } = await scene();
      expect((await request(port, target)).status).toBe(404);
    },
  );

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])(
    "%s changes nothing: it is not answered",
    async (method) => {
      const { port } = await scene();
      expect((await request(port, "/", {}, method)).status).toBe(405);
    },
  );

  test.each([
    [{ host: "example.com" }],
    [{ host: "localhost", origin: "http://example.com" }],
    [{ host: "localhost", origin: "null" }],
  ])("a request with %j is refused", async (headers) => {
    const { port } = await scene();
    expect((await request(port, "/", headers)).status).toBe(403);
    expect((await request(port, `/api/state?token=${token}`, headers)).status).toBe(403);
  });
});

describe("state and metrics", () => {
  test("need the token", async () => {
    const { port } = await scene();
    for (const target of ["/api/state", "/metrics"]) {
      expect((await request(port, target)).status).toBe(401);
      expect((await request(port, `${target}?token=wrong`)).status).toBe(401);
      const answer = await request(port, `${target}?token=${token}`);
      expect(answer.status).toBe(200);
      expect(answer.headers["cache-control"]).toBe("no-store");
    }
    expect(JSON.parse((await request(port, `/api/state?token=${token}`)).body)).toEqual({
      config: { state: "ready" },
      plugins: [],
      files: [],
      timeline: { state: "empty", revision: 0 },
    });
  });
});

describe("the WebSocket's door", () => {
  test.each([
    [{ host: "example.com" }, "403"],
    [{ host: "localhost", origin: "http://example.com" }, "403"],
  ])("an upgrade with %j is refused", async (headers, status) => {
    const { port } = await scene();
    await expect(new Client(port, headers).open()).rejects.toThrow(status);
  });

  test("there is none elsewhere", async () => {
    const { port } = await scene();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/elsewhere`);
    await expect(
      new Promise((resolve, reject) => {
        socket.on("open", resolve);
        socket.on("error", reject);
      }),
    ).rejects.toThrow("404");
  });

  test("hello with the token opens it: welcome, then every topic, core state first", async () => {
    const { port } = await scene();
    const client = await new Client(port).hello();
    await client.until(() => (client.messages.length >= 7 ? true : undefined));
    expect(client.messages[0]).toEqual({ type: "welcome", version: "0.1.0", workspace: "/w", protocol: 1 });
    expect(client.messages.slice(1, 7).map((message) => message["topic"])).toEqual([
      "config",
      "view",
      "plugins",
      "files",
      "discovery",
      "timeline",
    ]);
  });

  test.each([
    ["a wrong token", { type: "hello", token: "wrong", protocol: PROTOCOL_VERSION }, "unauthorized"],
    ["another protocol", { type: "hello", token, protocol: 99 }, "protocol-mismatch"],
    ["a request before hello", { type: "request", id: 1, method: "debug.flow", params: {} }, "unauthorized"],
    ["nonsense", { type: "nonsense" }, "bad-request"],
  ])("%s closes it, with the reason and nothing else", async (_name, message, code) => {
    const { port } = await scene();
    const client = await new Client(port).open();
    client.send(message);
    expect(await client.until(() => client.closed)).toBe(1008);
    expect(client.messages).toMatchObject([{ type: "goodbye", error: { code } }]);
  });

  test("who says nothing is sent away", async () => {
    const clock = new SimulatedClock();
    const { port } = await scene({ clock });
    const client = await new Client(port).open();
    clock.advance(HELLO_DEADLINE_MS);
    expect(await client.until(() => client.closed)).toBe(1008);
  });

  test("a message above 64 KiB closes it", async () => {
    const { port } = await scene();
    const client = await new Client(port).hello();
    client.socket.send("x".repeat(MAX_CONTROL_BYTES + 1));
    expect(await client.until(() => client.closed)).toBe(1009);
  });

  test("half-open connections do not hinder the end", async () => {
    const { port, close } = await scene();
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => {});
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    await new Client(port).open();
    await close();
    socket.destroy();
  });
});

describe("more connections than are served", () => {
  test("who says nothing cannot keep out who has the token, who has it is never put out", async () => {
    const { port } = await scene();
    const first = await new Client(port).hello();
    const silent = await Promise.all(Array.from({ length: 63 }, () => new Client(port).open()));
    const later = await Promise.all(Array.from({ length: 63 }, () => new Client(port).hello()));
    expect(first.closed).toBeUndefined();
    expect(later.every(({ closed }) => closed === undefined)).toBe(true);
    for (const client of silent) expect(await client.until(() => client.closed)).toBe(1006);
    await expect(new Client(port).open()).rejects.toThrow("503");
  });
});

describe("requests", () => {
  test("are answered by their number; failures carry a code; a bug is told apart and logged", async () => {
    const { port, errors } = await scene({
      call: async ({ method }) => {
        if (method === "file.open") return err({ code: "not-found", message: "no" });
        if (method === "file.close") throw new Error("a bug");
        return ok({});
      },
    });
    const client = await new Client(port).hello();
    client.send({ type: "request", id: 1, method: "plugin.retry", params: { id: "x" } });
    client.send({ type: "request", id: 2, method: "file.open", params: { path: "/x" } });
    client.send({ type: "request", id: 3, method: "file.close", params: { path: "/x" } });
    client.send({ type: "request", id: 4, method: "no.method", params: {} });
    client.send({ type: "request", id: 5, method: "file.open", params: { path: 5 } });
    expect(await client.response(1)).toMatchObject({ ok: true, result: {} });
    expect(await client.response(2)).toMatchObject({ error: { code: "not-found" } });
    expect(await client.response(3)).toMatchObject({ error: { code: "internal" } });
    expect(await client.response(4)).toMatchObject({ error: { code: "unknown-method" } });
    expect(await client.response(5)).toMatchObject({ error: { code: "bad-request" } });
    expect(errors).toEqual([new Error("a bug")]);
  });

  test("signal data comes as one binary frame", async () => {
    const payload = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const { port } = await scene({ call: async () => ok(payload.buffer) });
    const client = await new Client(port).hello();
    const params = { path: "/x", revision: 1, start: "0", end: "1", columns: 1, rows: [] };
    client.send({ type: "request", id: 7, method: "columns.query", params });
    const frame = await client.until(() => client.frames[0]);
    expect([...frame]).toEqual([0x01, 0, 0x57, 0x4e, 7, 0, 0, 0, ...payload]);
  });

  test("may be withdrawn; those of a connection that ends are withdrawn with it", async () => {
    const signals: AbortSignal[] = [];
    const { port } = await scene({
      call: (_request, signal) => {
        signals.push(signal);
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(ok({})));
        });
      },
    });
    const client = await new Client(port).hello();
    client.send({ type: "request", id: 1, method: "debug.flow", params: {} });
    client.send({ type: "request", id: 2, method: "debug.flow", params: {} });
    client.send({ type: "cancel", id: 1 });
    expect(await client.response(1)).toMatchObject({ ok: false, error: { code: "cancelled" } });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    const ended = new Promise<void>((resolve) => signals[1]?.addEventListener("abort", () => resolve()));
    client.socket.terminate();
    await ended;
  });

  test("only so many wait at a time", async () => {
    const { port } = await scene({ call: () => new Promise(() => {}) });
    const client = await new Client(port).hello();
    for (let id = 0; id <= MAX_PENDING_REQUESTS; id++) {
      client.send({ type: "request", id, method: "debug.flow", params: {} });
    }
    expect(await client.response(MAX_PENDING_REQUESTS)).toMatchObject({
      error: { code: "too-many-requests" },
    });
    expect(client.messages.filter((message) => message["type"] === "response")).toHaveLength(1);
  });
});

describe("states", () => {
  test("changes that come fast are told as the newest only, the last one never lost", async () => {
    const clock = new SimulatedClock();
    const { port, timeline } = await scene({ clock });
    const client = await new Client(port).hello();
    await client.until(() => (client.messages.length >= 7 ? true : undefined));
    for (let revision = 1; revision <= 100; revision++) timeline.set({ state: "ready", revision });
    clock.advance(1_000);
    const last = await client.until(() =>
      client.messages.findLast((message) => JSON.stringify(message).includes('"revision":100')),
    );
    expect(last).toMatchObject({ type: "state", topic: "timeline" });
    const told = client.messages.filter((message) => message["topic"] === "timeline");
    expect(told.length).toBeLessThanOrEqual(3);
  });

  test("events and progress are passed on, to those who said hello only", async () => {
    const { port, events, progress } = await scene();
    const stranger = await new Client(port).open();
    const client = await new Client(port).hello();
    events.emit({ kind: "notice", level: "info", message: "hello" });
    progress.emit({ path: "/w/a.vcd", read: 1, total: 2 });
    expect(await client.message("event")).toMatchObject({ event: { kind: "notice", message: "hello" } });
    expect(await client.message("progress")).toMatchObject({ read: 1, total: 2 });
    expect(stranger.messages).toEqual([]);
  });

  test("a client that does not read is not sent more and more, and gets the newest state when it does", async () => {
    const clock = new SimulatedClock();
    const { port, files } = await scene({ clock });
    const client = await new Client(port).hello();
    await client.until(() => (client.messages.length >= 7 ? true : undefined));
    client.socket.pause();
    for (let revision = 1; revision <= 40; revision++) {
      files.set(manyFiles(revision));
      clock.advance(35);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    client.socket.resume();
    const newest = '"revision":40';
    await client.until(() => client.messages.findLast((message) => JSON.stringify(message).includes(newest)));
    // 40 states of 2 MB were made; those that fit into the buffers, and the last one, were sent.
    expect(client.messages.filter((message) => message["topic"] === "files").length).toBeLessThan(20);
  });
});

/** 2 MB of states. */
function manyFiles(revision: number): TopicMap["files"] {
  return Array.from({ length: 2_000 }, (_, i) => ({
    path: `/w/${"x".repeat(1_000)}${i}.vcd`,
    name: "x",
    format: "vcd",
    state: "ready" as const,
    signals: 0,
    variables: 0,
    scopes: 0,
    start: "0",
    end: "0",
    open: false,
    revision,
  }));
}
