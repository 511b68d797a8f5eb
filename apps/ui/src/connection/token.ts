/** The parts of the page that {@link takeToken} touches. */
export interface TokenHost {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem">;
}

const KEY = "novywave.token";

/**
 * The token of the URL that the program printed. It arrives in the fragment, which browsers never send anywhere, and
 * moves to the session storage at once, so that it neither stays in the address bar nor in the history.
 */
export function takeToken(host: TokenHost): string | undefined {
  const parameters = new URLSearchParams(host.location.hash.replace(/^#/, ""));
  const fresh = parameters.get("token");
  if (fresh) {
    host.sessionStorage.setItem(KEY, fresh);
    parameters.delete("token");
    const rest = parameters.toString();
    host.history.replaceState(
      null,
      "",
      host.location.pathname + host.location.search + (rest ? `#${rest}` : ""),
    );
    return fresh;
  }
  return host.sessionStorage.getItem(KEY) ?? undefined;
}
