import type { FieldError } from './problem';

/** The request was understood and is refused for what some of its fields say: 422. */
export class InvalidRequest extends Error {
  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ field, detail }) => `${field}: ${detail}`).join('; '));
    this.name = 'InvalidRequest';
  }

  static field(field: string, code: string, detail: string): InvalidRequest {
    return new InvalidRequest([{ field, code, detail }]);
  }
}
