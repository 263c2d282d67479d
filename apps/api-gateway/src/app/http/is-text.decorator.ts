import { applyDecorators } from '@nestjs/common';
import { IsString, Length, ValidateBy } from 'class-validator';
import { isPrintable } from './is-printable';

export interface TextRule {
  readonly min: number;
  readonly max: number;
  /** Whether line breaks and tabs may be in it. */
  readonly multiline?: boolean;
}

/** A string of `min` to `max` characters that PostgreSQL and a page can hold. */
export function IsText({ min, max, multiline = false }: TextRule): PropertyDecorator {
  const shown = (text: string): string => (multiline ? text.replace(/[\n\r\t]/g, ' ') : text);
  return applyDecorators(
    IsString({ message: '$property must be a string' }),
    Length(min, max, { message: `$property must have ${min} to ${max} characters` }),
    ValidateBy({
      name: 'isPrintable',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isPrintable(shown(value)),
        defaultMessage: () => '$property must not contain control characters',
      },
    }),
  );
}
