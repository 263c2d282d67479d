/** Jest's own asymmetric matchers are untyped; these are not. */
export const saying = (text: string | RegExp): unknown => expect.stringMatching(text);
export const including = (fields: object): unknown => expect.objectContaining(fields);
export const anyText = (): unknown => expect.any(String);

/** What `act` throws, for a look at more than its message; `undefined` when it throws nothing. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
