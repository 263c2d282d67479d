export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** What can rest in a jsonb column and come back the same. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
