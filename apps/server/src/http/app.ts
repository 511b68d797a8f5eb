import { Hono, type Context } from "hono";
import type { ServerApi } from "./api.js";
import { stateDocument } from "./state-document.js";
import { readStaticFile } from "./static-files.js";
import { tokenMatches } from "./token.js";

export interface AppOptions {
  readonly api: ServerApi;
  readonly token: string;
  /** The built user interface. */
  readonly uiFolder: string;
}

/** Nothing from elsewhere, no code from text, no frame around. Styles may be inline: canvas tools set them per element. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const securityHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
};

/** The routes. All are GET and none changes anything; the way to change something is the WebSocket. */
export function createApp({ api, token, uiFolder }: AppOptions): Hono {
  const app = new Hono();

  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value);
    if (context.req.method !== "GET" && context.req.method !== "HEAD") {
      context.header("Allow", "GET, HEAD");
      return context.text("Only GET is answered here.\n", 405);
    }
    return next();
  });

  const guarded = (answer: (context: Context) => Response) => (context: Context) => {
    context.header("Cache-Control", "no-store");
    if (!tokenMatches(context.req.query("token"), token)) {
      return context.json({ error: { code: "unauthorized", message: "the token is missing or wrong" } }, 401);
    }
    return answer(context);
  };

  app.get(
    "/api/state",
    guarded((context) => context.json(stateDocument(api.topics))),
  );
  app.get(
    "/metrics",
    guarded((context) => {
      context.header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
      return context.body(api.metrics());
    }),
  );
  app.get("/api/*", (context) =>
    context.json({ error: { code: "not-found", message: "no such route" } }, 404),
  );

  app.get("*", async (context) => {
    const file = await readStaticFile(uiFolder, new URL(context.req.url).pathname);
    if (!file) return context.text("There is nothing here.\n", 404);
    context.header("Content-Type", file.contentType);
    context.header("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    return context.body(file.bytes);
  });
  return app;
}
