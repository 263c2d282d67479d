/** `T` with its nullable properties optional and never null. */
export type WithoutNulls<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

/** Leaves out what is null: a database says null where the domain says absent. Every row passes here, hence the loop. */
export function withoutNulls<T extends object>(row: T): WithoutNulls<T> {
  const rest: Record<string, unknown> = {};
  for (const key in row) if (row[key] !== null) rest[key] = row[key];
  return rest as WithoutNulls<T>;
}
