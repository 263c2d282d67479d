import { v7, validate } from 'uuid';

/** A new UUIDv7: unique and, within a millisecond, ordered by creation. */
export function newId(): string {
  return v7();
}

export function isUuid(value: string): boolean {
  return validate(value);
}

/**
 * The first 8 hex digits, which names outside PostgreSQL carry (`odoo-{database}-{hex8}`).
 * In a UUIDv7 they are its time, so they only tell apart instances that reuse a database name; identity is the label.
 */
export function shortHex(id: string): string {
  return id.replaceAll('-', '').slice(0, 8);
}
