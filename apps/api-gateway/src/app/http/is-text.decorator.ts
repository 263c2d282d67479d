import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

/** Not a control character, and no half of a surrogate pair: neither can be stored or shown. */
const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;
const PRINTABLE_LINES = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;

export interface TextRule {
  readonly min: number;
  readonly max: number;
  readonly multiline?: boolean;
}

/** A string of `min` to `max` characters that PostgreSQL and a page can hold. */
export function IsText({ min, max, multiline = false }: TextRule): PropertyDecorator {
  return applyDecorators(
    IsString({ message: '$property must be a string' }),
    Length(min, max, { message: `$property must have ${min} to ${max} characters` }),
    Matches(multiline ? PRINTABLE_LINES : PRINTABLE, {
      message: '$property must not contain control characters',
    }),
  );
}
