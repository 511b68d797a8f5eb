import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A secret of 256 bits, fit for URLs. */
export function createToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Compares in a time that tells nothing about where the two differ. */
export function tokenMatches(given: string | undefined, token: string): boolean {
  if (given === undefined) return false;
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
