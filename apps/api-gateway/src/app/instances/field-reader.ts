import { AppError } from '@saasodoo/kernel';
import { InvalidRequest } from '../http/invalid-request';
import type { FieldError } from '../http/problem';

/** Collects what is wrong with several fields, so that a client hears it all at once. */
export class FieldReader {
  private readonly errors: FieldError[] = [];

  /** What it answers may only be used after `assertNoErrors`. */
  read<T>(field: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof InvalidRequest) this.errors.push(...error.errors);
      else if (error instanceof AppError)
        this.errors.push({ field, code: error.code, detail: sentence(error) });
      else throw error;
      return undefined as T;
    }
  }

  assertNoErrors(): void {
    if (this.errors.length > 0) throw new InvalidRequest(this.errors);
  }
}

function sentence({ message, hint }: AppError): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
