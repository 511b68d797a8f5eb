import { z } from "zod";
import { MAX_TEXT } from "./limits.js";

/** A point in time in ticks of the file, as a decimal string: ticks may exceed 2^53. */
export const ticksSchema = z.string().regex(/^-?\d{1,20}$/, "expected a whole number of ticks");

/** An absolute path on the server's machine, or one relative to the workspace where a method says so. */
export const pathSchema = z.string().min(1).max(MAX_TEXT);

export const textSchema = z.string().max(MAX_TEXT);

/** An index into a table of the server: scopes, variables, signals. */
export const indexSchema = z.int().min(0).max(0xffff_ffff);

export const countSchema = z.int().min(0);
