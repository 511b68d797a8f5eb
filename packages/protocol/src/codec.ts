import { err, ok, type Result } from "@novywave/base";
import { z } from "zod";
import { MAX_CONTROL_BYTES } from "./limits.js";
import {
  clientMessageSchema,
  serverMessageShape,
  type ClientMessage,
  type ProtocolError,
  type ServerMessage,
} from "./messages.js";
import { isMethod, methodSchemas, type Method, type MethodMap } from "./methods.js";
import { topicSchemas } from "./topics.js";

/**
 * Keeps the schemas from compiling themselves with `new Function`, which a strict content security policy forbids and
 * reports. A page calls this once, before its first message.
 */
export function disableSchemaCompilation(): void {
  z.config({ jitless: true });
}

/** Bytes of `text` in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1);
      bytes += 2;
      if (next >= 0xdc00 && next < 0xe000) i++;
    } else bytes += 2;
  }
  return bytes;
}

function badRequest(message: string): Result<never, ProtocolError> {
  return err({ code: "bad-request", message });
}

function parseJson(text: string): Result<unknown, ProtocolError> {
  try {
    return ok<unknown>(JSON.parse(text));
  } catch {
    return badRequest("the message is not JSON");
  }
}

function explain(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "message"}: ${issue.message}`)
    .join("; ");
}

/** Text for the wire. Error `too-large` above {@link MAX_CONTROL_BYTES}: the server would close the connection. */
export function encodeClientMessage(message: ClientMessage): Result<string, ProtocolError> {
  const text = JSON.stringify(message);
  const bytes = utf8Length(text);
  if (bytes <= MAX_CONTROL_BYTES) return ok(text);
  return err({
    code: "too-large",
    message: `the message has ${bytes} bytes, at most ${MAX_CONTROL_BYTES} are sent`,
  });
}

/** Checks what a client sent. Size is checked here too. */
export function decodeClientMessage(text: string): Result<ClientMessage, ProtocolError> {
  if (text.length > MAX_CONTROL_BYTES || utf8Length(text) > MAX_CONTROL_BYTES) {
    return err({ code: "too-large", message: `control messages have at most ${MAX_CONTROL_BYTES} bytes` });
  }
  const json = parseJson(text);
  if (!json.ok) return json;
  const message = clientMessageSchema.safeParse(json.value);
  return message.success ? ok(message.data) : badRequest(explain(message.error));
}

/** A request whose parameters were checked against its method. */
export type CheckedRequest = { [M in Method]: { method: M; params: MethodMap[M]["params"] } }[Method];

/** Checks method and parameters. Errors `unknown-method`, `bad-request`. */
export function checkRequest(
  method: string,
  params: Record<string, unknown>,
): Result<CheckedRequest, ProtocolError> {
  if (!isMethod(method)) {
    return err({ code: "unknown-method", message: `there is no method ${JSON.stringify(method)}` });
  }
  const parsed = methodSchemas[method].params.safeParse(params);
  if (!parsed.success) return badRequest(`${method}: ${explain(parsed.error)}`);
  // The pair of method and schema comes from one table, which the type of a lookup by union cannot express.
  return ok({ method, params: parsed.data } as CheckedRequest);
}

/** Checks the result of a method on the side that asked. */
export function checkResult<M extends Method>(
  method: M,
  result: unknown,
): Result<MethodMap[M]["result"], ProtocolError> {
  const parsed = methodSchemas[method].result.safeParse(result);
  if (parsed.success) return ok(parsed.data as MethodMap[M]["result"]);
  return err({ code: "bad-response", message: `${method}: ${explain(parsed.error)}` });
}

export function encodeServerMessage(message: ServerMessage): string {
  return JSON.stringify(message);
}

/** Checks what the server sent, state values by the schema of their topic. */
export function decodeServerMessage(text: string): Result<ServerMessage, ProtocolError> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const shape = serverMessageShape.safeParse(json.value);
  if (!shape.success) return err({ code: "bad-response", message: explain(shape.error) });
  if (shape.data.type !== "state") return ok(shape.data);
  const value = topicSchemas[shape.data.topic].safeParse(shape.data.value);
  if (!value.success) {
    return err({ code: "bad-response", message: `${shape.data.topic}: ${explain(value.error)}` });
  }
  return ok({ type: "state", topic: shape.data.topic, value: value.data } as ServerMessage);
}
