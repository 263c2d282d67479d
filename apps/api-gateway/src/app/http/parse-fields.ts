import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { InvalidRequest } from './invalid-request';
import type { FieldError } from './problem';

type FieldsClass<T extends object> = new () => T;

const CODES: Readonly<Record<string, string>> = {
  isString: 'field.type',
  isInt: 'field.type',
  isNumber: 'field.type',
  isBoolean: 'field.type',
  isIn: 'field.choice',
  min: 'field.range',
  max: 'field.range',
  isLength: 'field.length',
  minLength: 'field.length',
  maxLength: 'field.length',
};

const MAX_NAMED_UNKNOWN = 10;
const MAX_SHOWN_NAME = 60;

/**
 * Reads a flat JSON object as an instance of `fieldsClass`, whose validated properties are the only ones allowed.
 * Unknown names are refused before any value is touched, so that no input is deep enough to hurt.
 * No body is an empty one. Throws `InvalidRequest`.
 */
export function parseFields<T extends object>(fieldsClass: FieldsClass<T>, input: unknown = {}): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw InvalidRequest.field('body', 'body.not_an_object', 'the body must be a JSON object');
  }
  const known = fieldNamesOf(fieldsClass);
  const unknown = Object.keys(input).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new InvalidRequest(unknown.slice(0, MAX_NAMED_UNKNOWN).map(unknownField));
  const fields = Object.assign(new fieldsClass(), withoutNulls(input));
  const errors = validateSync(fields, { forbidUnknownValues: true });
  if (errors.length > 0) throw new InvalidRequest(errors.map((error) => toFieldError(error, input)));
  return fields;
}

const fieldNames = new Map<FieldsClass<object>, ReadonlySet<string>>();

function fieldNamesOf(fieldsClass: FieldsClass<object>): ReadonlySet<string> {
  const cached = fieldNames.get(fieldsClass);
  if (cached !== undefined) return cached;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(fieldsClass, '', true, false);
  const names = new Set(metadata.map(({ propertyName }) => propertyName));
  fieldNames.set(fieldsClass, names);
  return names;
}

/** `null` says the same as leaving a field out: its default. */
function withoutNulls(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

function unknownField(name: string): FieldError {
  return { field: name.slice(0, MAX_SHOWN_NAME), code: 'field.unknown', detail: 'there is no such field' };
}

function toFieldError({ property, constraints = {} }: ValidationError, input: object): FieldError {
  const given: unknown = Reflect.get(input, property);
  if (given === undefined || given === null) {
    return { field: property, code: 'field.required', detail: 'this field is required' };
  }
  const kinds = Object.keys(constraints);
  // A value of the wrong type breaks every other rule too; the type is what the client must hear.
  const kind = kinds.find((name) => CODES[name] === 'field.type') ?? kinds[0] ?? '';
  const detail = (constraints[kind] ?? 'not acceptable').replace(`${property} `, '');
  return { field: property, code: CODES[kind] ?? 'field.format', detail };
}
