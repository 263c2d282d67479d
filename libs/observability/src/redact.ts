import { EventEmitter } from 'node:events';

/** What stands in a log line where a secret stood. */
export const REDACTED = '[redacted]';

const SECRET_KEY =
  /pass(word|wd|phrase)|secret|token|authorization|cookie|credential|private_?key|encryption_?key|access_?key|api_?key/i;
const USER_INFO_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi;
const MAX_DEPTH = 6;
const OPAQUE = [Date, Error, Buffer, EventEmitter];

/** Whether a field or variable of this name holds a secret: `admin_password`, `refreshToken`, `set-cookie`. */
export function isSecretName(name: string): boolean {
  return SECRET_KEY.test(name);
}

/** Hides the password inside URLs: `amqp://app:x@host` → `amqp://app:[redacted]@host`. */
export function redactText(text: string): string {
  return text.replace(USER_INFO_PASSWORD, `$1:${REDACTED}@`);
}

/** A copy of `value` without secrets, fit for a log line. What is deeper than six levels is left out. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (!isContainer(value)) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  return Array.isArray(value) ? value.map((item) => redact(item, depth + 1)) : redactFields(value, depth);
}

/** Errors have their own serializer; sockets and streams are never worth walking through. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return !OPAQUE.some((type) => value instanceof type);
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, redactField(key, field, depth)]),
  );
}

function redactField(key: string, field: unknown, depth: number): unknown {
  const holdsValue = field !== null && field !== undefined && typeof field !== 'boolean';
  return holdsValue && isSecretName(key) ? REDACTED : redact(field, depth + 1);
}
