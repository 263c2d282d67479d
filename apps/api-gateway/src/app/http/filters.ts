import { isUuid } from '@saasodoo/kernel';
import { InvalidRequest } from './invalid-request';
import { isPrintable } from './is-printable';

export type Query = Readonly<Record<string, unknown>>;

const MAX_TEXT = 200;
/** ISO 8601: a day, or a moment with its zone; without a zone it would mean another moment on another machine. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** The filter under its name, when the query has it; for spreading. */
export function choice<Name extends string, Value extends string>(
  query: Query,
  name: Name,
  values: readonly Value[],
): { readonly [K in Name]?: Value } {
  return read(query, name, (given) => {
    const value = values.find((known) => known === given);
    if (value !== undefined) return value;
    throw InvalidRequest.field(name, 'field.choice', `must be one of ${values.join(', ')}`);
  });
}

export function uuid<Name extends string>(query: Query, name: Name): { readonly [K in Name]?: string } {
  return read(query, name, (given) => {
    if (isUuid(given)) return given.toLowerCase();
    throw InvalidRequest.field(name, 'field.format', 'must be a UUID');
  });
}

export function text<Name extends string>(query: Query, name: Name): { readonly [K in Name]?: string } {
  return read(query, name, (given) => {
    if (given !== '' && given.length <= MAX_TEXT && isPrintable(given)) return given;
    throw InvalidRequest.field(name, 'field.format', `must be a text of 1 to ${MAX_TEXT} characters`);
  });
}

export function moment<Name extends string>(query: Query, name: Name): { readonly [K in Name]?: Date } {
  return read(query, name, (given) => {
    const date = new Date(MOMENT.test(given) ? given : NaN);
    if (!Number.isNaN(date.getTime()) && date.getTime() >= 0) return date;
    throw InvalidRequest.field(name, 'field.format', 'must be a moment such as 2026-01-31T12:00:00Z');
  });
}

export function flag<Name extends string>(query: Query, name: Name): { readonly [K in Name]?: boolean } {
  return read(query, name, (given) => {
    if (given === 'true' || given === 'false') return given === 'true';
    throw InvalidRequest.field(name, 'field.choice', 'must be true or false');
  });
}

/** A parameter that is given twice is a list, and no filter takes one. */
function read<Name extends string, Value>(
  query: Query,
  name: Name,
  parse: (given: string) => Value,
): { readonly [K in Name]?: Value } {
  const given = query[name];
  if (given === undefined) return {};
  if (typeof given !== 'string') throw InvalidRequest.field(name, 'field.type', 'must be given once');
  const found: { [K in Name]?: Value } = {};
  found[name] = parse(given);
  return found;
}
