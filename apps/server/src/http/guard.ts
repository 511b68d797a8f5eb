import type { IncomingMessage } from "node:http";

/** Names under which a browser on this machine, or at the end of a tunnel, reaches the server. */
const localNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Why a request is refused, or undefined. A page of another site can make a browser send requests here; it cannot make
 * it send our `Host` (it would have to rebind its own name) together with our `Origin`.
 *
 * - `Host` is a local name with any port (tunnels change it), or one of `allowHosts`.
 * - `Origin`, where there is one, is `http://` and the `Host`; for an allowed host also `https://`, for a proxy before it.
 */
export function refusal(request: IncomingMessage, allowHosts: readonly string[]): string | undefined {
  const { host, origin } = request.headers;
  if (host === undefined) return "the request has no Host header";
  const name = hostName(host);
  if (name === undefined) return "the Host header is malformed";
  const allowed = allowHosts.some((allowedHost) => sameHost(allowedHost, host, name));
  if (!localNames.has(name) && !allowed) {
    return "the Host header is not a name of this machine; start with --allow-host to allow another";
  }
  if (origin === undefined || origin === `http://${host}` || (allowed && origin === `https://${host}`)) {
    return undefined;
  }
  return "the request comes from a page of another origin";
}

function hostName(host: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host);
  return match?.[1]?.toLowerCase();
}

/** `allowed` may name a port; without one any will do. */
function sameHost(allowed: string, host: string, name: string): boolean {
  const wanted = allowed.toLowerCase();
  return wanted === name || wanted === host.toLowerCase();
}
